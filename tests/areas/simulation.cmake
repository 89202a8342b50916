add_library(simulated_station STATIC
  simulation/disk.cpp simulation/life.cpp simulation/paper.cpp simulation/seeded_random.cpp simulation/site.cpp simulation/station.cpp)
target_link_libraries(simulated_station PUBLIC cardwright_options runtime simulator drivers_piv authority vault store OpenSSL::Crypto)
cardwright_test(simulation_test SOURCES simulation/disk_test.cpp simulation/station_test.cpp LIBS simulated_station TIMEOUT 600)
cardwright_test(trust_list_test LABEL integration SOURCES integration/trust/list_test.cpp LIBS simulated_station)

# Lives of the daemon that end at any moment, from one seed.
add_library(crash_runs STATIC
  simulation/calls.cpp simulation/custodians.cpp simulation/habits.cpp simulation/mutant.cpp simulation/office.cpp simulation/people.cpp
  simulation/run.cpp simulation/scenario.cpp simulation/statistics.cpp simulation/truth.cpp
  simulation/truth_of_cards.cpp simulation/truth_of_letters.cpp simulation/truth_of_orders.cpp)
target_link_libraries(crash_runs PUBLIC simulated_station Boost::json)
cardwright_program(cardwright-simulate SOURCES simulation/simulate_main.cpp LIBS crash_runs CLI11::CLI11)

cardwright_test(crash_test SOURCES simulation/crash_test.cpp simulation/restart_test.cpp LIBS crash_runs TIMEOUT 600)
cardwright_test(exhaustive_test SOURCES simulation/exhaustive_test.cpp LIBS crash_runs LABEL simulation TIMEOUT 600)
add_test(NAME simulation.crash_runs COMMAND cardwright-simulate --runs 20000 --seed 1 --jobs 2)
set_tests_properties(simulation.crash_runs PROPERTIES LABELS simulation TIMEOUT 900 PROCESSORS 2)
