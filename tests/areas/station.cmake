# The built programs as they run: daemon, simulated world, real pcscd with virtual readers in a private namespace.
set(private_pcscd ${PROJECT_SOURCE_DIR}/tools/private-pcscd --readers 1 --)

foreach(what socket manager devices secrets)
  add_test(NAME station.${what} COMMAND ${private_pcscd} python3 ${CMAKE_CURRENT_SOURCE_DIR}/integration/station/${what}_test.py)
  set_tests_properties(station.${what} PROPERTIES LABELS integration TIMEOUT 400 ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
endforeach()

# The demo makes four cards, one of which fails on purpose, and lets OpenSC, openssl and yubico-piv-tool verify all of them.
add_test(NAME station.demo COMMAND ${PROJECT_SOURCE_DIR}/tools/demo --build ${PROJECT_BINARY_DIR} --speed 40)
set_tests_properties(station.demo PROPERTIES LABELS integration TIMEOUT 400)
