#pragma once
#include <condition_variable>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "drivers/simulated/protocol.hpp"
#include "tools/simulator/in_process.hpp"
#include "tools/simulator/vpcd.hpp"

namespace simulator {

struct ServerOptions {
  std::filesystem::path socket{};       // the control socket; a stale one is replaced
  double speed = 1;                     // world seconds in a real one
  std::optional<std::uint16_t> vpcd{};  // port of the reader whose contacts are the contact station's
  std::filesystem::path state{};        // saved after every step; empty: nowhere
};

// A world on the socket of drivers/simulated, in real time: one thread per connection, one at a time in the
// world. A client that goes away never stops a movement.
class Server {
 public:
  Server(World& world, ServerOptions options);  // listens when it returns; throws std::runtime_error
  ~Server();                                    // movements stop where they are; the state is saved
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  class RealClock;
  struct Connection {
    int socket = -1;
    bool over = false;
    std::thread thread;
  };
  struct Reply {
    bool close = false;
    std::optional<simulated::Message> message{};
  };

  void accept_all();
  void serve(Connection& connection);
  Reply answer(const simulated::Message& request);
  simulated::Message tell(const simulated::Message& request);
  void pass(std::chrono::nanoseconds time);
  void follow_contact();
  void save();
  Responder responder();

  World& world_;
  ServerOptions options_;
  std::unique_ptr<RealClock> clock_;
  SimulatedPrinter printer_;

  std::mutex mutex_;  // guards the world and everything below
  std::condition_variable changed_;
  bool stop_ = false;
  std::uint64_t contact_ = 0;  // of the world, as the link knows it
  std::unique_ptr<VpcdLink> link_;
  std::list<Connection> connections_;

  int listener_ = -1;
  std::thread acceptor_;
};

}  // namespace simulator
