cardwright_test(authority_test
  SOURCES unit/authority/crl_test.cpp unit/authority/issue_test.cpp unit/authority/lint_test.cpp
    unit/authority/start_test.cpp unit/authority/workshop.cpp
  LIBS authority)
