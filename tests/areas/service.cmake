cardwright_test(service_test
  SOURCES unit/service/commands_test.cpp unit/service/csv_test.cpp unit/service/custody_test.cpp unit/service/digest_test.cpp unit/service/documentation_test.cpp unit/service/doubts_test.cpp
          unit/service/interface_test.cpp unit/service/limits_test.cpp unit/service/orders_test.cpp unit/service/parameters_test.cpp
          unit/service/photo_test.cpp unit/service/pool_test.cpp unit/service/preview_test.cpp unit/service/reads_test.cpp
          unit/service/roles_test.cpp unit/service/statistics_test.cpp unit/service/streams_test.cpp
  LIBS service)
target_compile_definitions(service_test PRIVATE CARDWRIGHT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
