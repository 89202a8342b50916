cardwright_test(authority_test
  SOURCES unit/authority/crl_test.cpp unit/authority/issue_test.cpp unit/authority/lint_test.cpp
    unit/authority/start_test.cpp unit/authority/workshop.cpp
  LIBS authority)
cardwright_test(trust_openssl_test LABEL integration
  SOURCES integration/trust/openssl_test.cpp unit/authority/workshop.cpp
  LIBS authority)
cardwright_program(issue_bench SOURCES bench/issue_bench.cpp LIBS authority)
