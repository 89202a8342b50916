cardwright_test(simulator_test
  SOURCES unit/simulator/script_test.cpp unit/simulator/printer_test.cpp unit/simulator/fault_test.cpp
          unit/simulator/power_test.cpp unit/simulator/outage_test.cpp
          unit/simulator/encoder_test.cpp unit/simulator/files_test.cpp unit/simulator/hand_encoder_test.cpp
          unit/simulator/driver_test.cpp unit/simulator/stripe_test.cpp
  LIBS simulator drivers_simulated PkgConfig::CAIRO)

add_test(NAME simulator_processes_test
  COMMAND ${PROJECT_SOURCE_DIR}/tools/private-pcscd -- ${PROJECT_SOURCE_DIR}/tests/integration/simulator/processes
          ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(simulator_processes_test PROPERTIES LABELS integration TIMEOUT 120)

# A finished chip in a second reader, over the real PC/SC.
add_executable(second_reader_test integration/simulator/second_reader_test.cpp)
target_link_libraries(second_reader_test PRIVATE cardwright_options drivers_pcsc drivers_piv simulator_card
  GTest::gmock GTest::gtest_main)
target_precompile_headers(second_reader_test REUSE_FROM cardwright_test_headers)
add_dependencies(second_reader_test cardwright-vcard)
add_test(NAME second_reader_test
  COMMAND ${PROJECT_SOURCE_DIR}/tools/private-pcscd --readers 2 -- $<TARGET_FILE:second_reader_test>)
set_tests_properties(second_reader_test PROPERTIES LABELS integration TIMEOUT 120
  ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
