add_library(core_plant STATIC unit/core/describe.cpp unit/core/plant.cpp)
target_link_libraries(core_plant PUBLIC core GTest::gmock)

cardwright_test(core_test
  SOURCES unit/core/account_test.cpp unit/core/admission_test.cpp unit/core/batches_test.cpp unit/core/bureau_test.cpp unit/core/commands_test.cpp unit/core/failure_test.cpp unit/core/ids_test.cpp unit/core/letters_end_test.cpp unit/core/letters_test.cpp unit/core/import_test.cpp unit/core/line_test.cpp unit/core/orders_test.cpp
          unit/core/plan_test.cpp unit/core/product_test.cpp unit/core/pool_test.cpp unit/core/by_hand_test.cpp unit/core/expiry_test.cpp unit/core/progress_test.cpp unit/core/random_pool_test.cpp unit/core/random_test.cpp unit/core/recovery_test.cpp unit/core/restart_test.cpp
          unit/core/revocation_list_test.cpp unit/core/revocation_test.cpp unit/core/states_test.cpp unit/core/stripe_test.cpp unit/core/verbs_test.cpp
  LIBS core_plant)

cardwright_test(architecture_test SOURCES unit/core/document_test.cpp LIBS core)
target_compile_definitions(architecture_test PRIVATE DOCUMENTS="${PROJECT_SOURCE_DIR}/docs")
