cardwright_test(piv_test
  SOURCES unit/piv/personalise_test.cpp
  LIBS drivers_piv simulator_card)
