cardwright_test(simulator_test
  SOURCES unit/simulator/script_test.cpp unit/simulator/printer_test.cpp unit/simulator/fault_test.cpp
          unit/simulator/encoder_test.cpp unit/simulator/files_test.cpp unit/simulator/driver_test.cpp
  LIBS simulator drivers_simulated PkgConfig::CAIRO)
