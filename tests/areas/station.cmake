# The built programs as they run: daemon, simulated world, real pcscd with virtual readers in a private namespace.
set(private_pcscd ${PROJECT_SOURCE_DIR}/tools/private-pcscd --readers 1 --)

foreach(what socket manager devices secrets letters crash example previews hostile_faces)
  add_test(NAME station.${what} COMMAND ${private_pcscd} python3 ${CMAKE_CURRENT_SOURCE_DIR}/integration/station/${what}_test.py)
  set_tests_properties(station.${what} PROPERTIES LABELS integration TIMEOUT 400 ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
endforeach()

# With a second reader for cards that people put in: every use case; and two hundred clients at once.
foreach(what use_cases crowd)
  add_test(NAME station.${what}
    COMMAND ${PROJECT_SOURCE_DIR}/tools/private-pcscd --readers 2 -- python3 ${CMAKE_CURRENT_SOURCE_DIR}/integration/station/${what}_test.py)
  set_tests_properties(station.${what} PROPERTIES LABELS integration TIMEOUT 400 ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
endforeach()

# The demo makes four cards, one of which fails on purpose, and lets OpenSC, openssl and yubico-piv-tool verify all of them.
add_test(NAME station.demo COMMAND ${PROJECT_SOURCE_DIR}/tools/demo --build ${PROJECT_BINARY_DIR} --speed 40)
set_tests_properties(station.demo PROPERTIES LABELS integration TIMEOUT 400)

# The first walk through README.md, as somebody new pastes it.
add_test(NAME station.first_card COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/integration/station/first_card ${PROJECT_BINARY_DIR})
set_tests_properties(station.first_card PROPERTIES LABELS integration TIMEOUT 200)

# A small station on real files, and what ends its process at the n-th of its writes.
add_library(end_at MODULE integration/power/end_at.cpp)
target_link_libraries(end_at PRIVATE cardwright_options ${CMAKE_DL_LIBS})
set_target_properties(end_at PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
cardwright_program(station-on-file SOURCES integration/power/station_on_file.cpp LIBS runtime simulator drivers_piv authority vault store)
# Each seventh write, another seventh each time; all of them take minutes: docs/crash-testing.md.
add_test(NAME power.end_at_every_write
  COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/integration/power/end_at_every_write_test.py --every 7)
set_tests_properties(power.end_at_every_write PROPERTIES LABELS integration TIMEOUT 300 ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
