cardwright_test(ctl_test
  SOURCES unit/ctl/commands_test.cpp unit/ctl/explain_test.cpp unit/ctl/terminal_test.cpp
  LIBS ctl)
