cardwright_test(store_test SOURCES unit/store/durable_test.cpp unit/store/file_test.cpp unit/store/letters_test.cpp unit/store/rows_test.cpp unit/store/statistics_test.cpp unit/store/turns_test.cpp LIBS store)

add_executable(store_bench bench/store_bench.cpp)
target_link_libraries(store_bench PRIVATE store)
