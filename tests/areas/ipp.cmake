cardwright_test(ipp_integration_test LABEL integration SOURCES integration/ipp/ipp_integration_test.cpp LIBS drivers_ipp)
target_compile_definitions(ipp_integration_test PRIVATE CARDWRIGHT_SOURCE="${PROJECT_SOURCE_DIR}")
