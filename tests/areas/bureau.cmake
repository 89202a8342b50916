cardwright_test(bureau_test SOURCES unit/bureau/job_test.cpp unit/bureau/outbox_test.cpp LIBS bureau)
cardwright_test(dispatch_test SOURCES unit/bureau/dispatch_test.cpp unit/authority/workshop.cpp LIBS runtime)
# The openssl program opens what the station sealed, as a bureau would.
cardwright_test(bureau_openssl_test LABEL integration SOURCES integration/bureau/openssl_test.cpp LIBS bureau)
