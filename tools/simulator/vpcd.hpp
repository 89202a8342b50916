#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "tools/simulator/world.hpp"

namespace simulator {

// What a chip says to a reader. Called from the link's thread.
struct Responder {
  std::function<api::Bytes()> atr;  // empty: mute, which looks like no card
  std::function<void()> reset;      // loss of power, power on, warm reset
  std::function<ChipAnswer(api::BytesView)> exchange;
};

// One chip in one slot of vpcd, the virtual reader driver of pcscd: connects to 127.0.0.1:`port`, again every
// 100 ms while nobody listens there, and is a card in that reader until it is destroyed or the chip is gone.
// A silent chip leaves the reader waiting until this is destroyed.
class VpcdLink {
 public:
  VpcdLink(std::uint16_t port, Responder responder);
  ~VpcdLink();  // never destroy it while holding what the responder waits for
  VpcdLink(const VpcdLink&) = delete;
  VpcdLink& operator=(const VpcdLink&) = delete;

 private:
  void run();
  bool serve(int socket);
  bool wait(int socket, std::chrono::milliseconds time) const;

  std::uint16_t port_;
  Responder responder_;
  int stop_;  // eventfd: readable when it is time to go
  std::thread thread_;
};

}  // namespace simulator
