cardwright_test(runtime_test
  SOURCES unit/runtime/by_hand_test.cpp unit/runtime/faces_test.cpp unit/runtime/hand_bench_test.cpp unit/runtime/host_test.cpp unit/runtime/idempotency_test.cpp unit/runtime/letters_test.cpp unit/runtime/post_test.cpp
          unit/runtime/runner_test.cpp unit/runtime/summary_test.cpp unit/runtime/worker_test.cpp
  LIBS runtime simulator drivers_piv)
