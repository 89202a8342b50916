add_library(simulated_station STATIC
  simulation/disk.cpp simulation/life.cpp simulation/seeded_random.cpp simulation/site.cpp simulation/station.cpp)
target_link_libraries(simulated_station PUBLIC cardwright_options runtime simulator drivers_piv authority vault store OpenSSL::Crypto)
cardwright_test(simulation_test SOURCES simulation/disk_test.cpp simulation/station_test.cpp LIBS simulated_station TIMEOUT 600)
