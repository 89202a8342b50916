# The rules of the house, each a small program in tools/ that says file, line and what to do.
foreach(check layers await format shell size units)
  add_test(NAME house.${check} COMMAND ${PROJECT_SOURCE_DIR}/tools/check-${check})
  set_tests_properties(house.${check} PROPERTIES LABELS tidy TIMEOUT 120)
endforeach()
# And the checks themselves, over samples with one fault each.
add_test(NAME house.checks COMMAND python3 ${PROJECT_SOURCE_DIR}/tests/unit/house/checks_test.py)
set_tests_properties(house.checks PROPERTIES LABELS tidy TIMEOUT 120)
