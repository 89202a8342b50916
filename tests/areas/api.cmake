cardwright_test(api_test SOURCES unit/api/bytes_test.cpp unit/api/secret_test.cpp unit/api/stripe_test.cpp LIBS drivers_api)
