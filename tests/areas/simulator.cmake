cardwright_test(simulator_test
  SOURCES unit/simulator/script_test.cpp unit/simulator/printer_test.cpp unit/simulator/fault_test.cpp
          unit/simulator/power_test.cpp unit/simulator/outage_test.cpp
          unit/simulator/encoder_test.cpp unit/simulator/files_test.cpp unit/simulator/driver_test.cpp
  LIBS simulator drivers_simulated PkgConfig::CAIRO)

add_test(NAME simulator_processes_test
  COMMAND ${PROJECT_SOURCE_DIR}/tools/private-pcscd -- ${PROJECT_SOURCE_DIR}/tests/integration/simulator/processes
          ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set_tests_properties(simulator_processes_test PROPERTIES LABELS integration TIMEOUT 120)
