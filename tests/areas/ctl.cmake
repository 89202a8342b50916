cardwright_test(ctl_test
  SOURCES unit/ctl/commands_test.cpp unit/ctl/documentation_test.cpp unit/ctl/doubts_test.cpp unit/ctl/examples_test.cpp
          unit/ctl/explain_test.cpp unit/ctl/letters_test.cpp unit/ctl/orders_test.cpp unit/ctl/pictures_test.cpp unit/ctl/pool_test.cpp unit/ctl/terminal_test.cpp
  LIBS ctl)
target_compile_definitions(ctl_test PRIVATE CARDWRIGHT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
# What bash offers after the words of a command line.
add_test(NAME ctl.completion COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/integration/ctl/completion_test.py)
set_tests_properties(ctl.completion PROPERTIES LABELS integration TIMEOUT 120 ENVIRONMENT BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_test(NAME ctl.interface_page COMMAND ${PROJECT_SOURCE_DIR}/tools/interface-examples --check)
set_tests_properties(ctl.interface_page PROPERTIES LABELS tidy TIMEOUT 60)
