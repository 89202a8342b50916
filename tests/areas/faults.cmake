cardwright_test(faults_test SOURCES simulation/faults_test.cpp LIBS simulated_station TIMEOUT 600)
