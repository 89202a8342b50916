cardwright_test(config_test SOURCES unit/config/config_test.cpp unit/config/files_test.cpp unit/config/reload_test.cpp LIBS config)
target_compile_definitions(config_test PRIVATE CARDWRIGHT_SOURCE="${PROJECT_SOURCE_DIR}")
cardwright_test(rules_test SOURCES unit/core/rules_test.cpp LIBS core)

cardwright_program(config_reference SOURCES unit/config/reference.cpp LIBS config)
