cardwright_test(pcsc_test SOURCES unit/pcsc/caller_test.cpp unit/pcsc/pcsc_test.cpp LIBS drivers_pcsc)

# One program, and so one private pcscd, for all of them.
add_executable(pcsc_integration_test integration/pcsc/pcsc_integration_test.cpp)
target_link_libraries(pcsc_integration_test PRIVATE cardwright_options drivers_pcsc drivers_simulated simulator
  GTest::gmock GTest::gtest_main)
target_precompile_headers(pcsc_integration_test REUSE_FROM cardwright_test_headers)
add_test(NAME pcsc_integration_test
  COMMAND ${PROJECT_SOURCE_DIR}/tools/private-pcscd -- $<TARGET_FILE:pcsc_integration_test>)
set_tests_properties(pcsc_integration_test PROPERTIES LABELS integration TIMEOUT 180)
