#include "drivers/simulated/simulated.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "drivers/simulated/protocol.hpp"

namespace simulated {
namespace {
// Between two tries to connect to a simulator that has too much to do.
constexpr std::chrono::milliseconds connect_pause(10);

class Socket {
 public:
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }
  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  bool stale() const {
    pollfd one{fd_, POLLIN, 0};
    return ::poll(&one, 1, 0) != 0;
  }
  // Until then nothing is sent, so every failure is `printerGone`, not done.
  api::Result<> connect(const std::string& path, api::Deadline deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return gone(path, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.data(), path.size());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return gone(path, errno);
    while (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const int why = errno;
      // The queue of whoever listens is full (connect(2)); nothing tells when it no longer is.
      const bool waits = why == EAGAIN && api::SteadyTime::clock::now() < deadline;
      if (!waits && why != EINTR) {
        close();
        return gone(path, why);
      }
      std::this_thread::sleep_until(std::min(deadline, api::SteadyTime::clock::now() + connect_pause));
    }
    return {};
  }

 private:
  static tl::unexpected<api::Failure> gone(const std::string& path, int why) {
    return api::fail(api::Reason::printerGone, path + ": " + std::strerror(why));
  }

  int fd_ = -1;
};

class SimulatedPrinter final : public api::Printer {
 public:
  explicit SimulatedPrinter(std::string path) : path_(std::move(path)) {}

  api::Result<api::PrinterIdentity> identity(api::Deadline deadline) override {
    return ask<api::PrinterIdentity>("identity", deadline);
  }
  api::Result<api::Capabilities> capabilities(api::Deadline deadline) override {
    return ask<api::Capabilities>("capabilities", deadline);
  }
  api::Result<api::PrinterStatus> status(api::Deadline deadline) override {
    return ask<api::PrinterStatus>("status", deadline);
  }
  api::Result<api::Counters> counters(api::Deadline deadline) override {
    return ask<api::Counters>("counters", deadline);
  }
  api::Result<api::Supplies> supplies(api::Deadline deadline) override {
    return ask<api::Supplies>("supplies", deadline);
  }

  api::Result<> feed(const api::CardPlan& plan, api::Deadline deadline) override {
    return order({{{"op", "feed"}, {"plan", to_json(plan)}}, {}}, deadline);
  }
  api::Result<> to_contact(api::Deadline deadline) override {
    return order({{{"op", "toContact"}}, {}}, deadline);
  }
  api::Result<> retry_contact(api::Deadline deadline) override {
    return order({{{"op", "retryContact"}}, {}}, deadline);
  }
  api::Result<> leave_contact(api::Deadline deadline) override {
    return order({{{"op", "leaveContact"}}, {}}, deadline);
  }
  api::Result<> write_stripe(const api::Tracks& tracks, api::Deadline deadline) override {
    auto header = to_json(tracks);
    header["op"] = "writeStripe";
    return order({std::move(header), {}}, deadline);
  }
  api::Result<api::Tracks> read_stripe(api::Deadline deadline) override {
    return ask<api::Tracks>("readStripe", deadline);
  }
  api::Result<> print(const api::Faces& faces, api::Deadline deadline) override {
    auto request = to_message(faces);
    request.header["op"] = "print";
    return order(request, deadline);
  }
  api::Result<> finish(api::Destination destination, api::Deadline deadline) override {
    const auto* where = destination == api::Destination::output ? "output" : "rejectBin";
    return order({{{"op", "finish"}, {"destination", where}}, {}}, deadline);
  }
  api::Result<> recover(api::Recovery recovery, api::Deadline deadline) override {
    const auto* how = recovery == api::Recovery::reset ? "reset" : "clearError";
    return order({{{"op", "recover"}, {"recovery", how}}, {}}, deadline);
  }

 private:
  // One request and its reply; whatever goes wrong with the link, the next call starts a new one.
  api::Result<Message> call(const Message& request, api::Deadline deadline) {
    // Between two calls nothing may come: what does is the end of a simulator, or none of ours.
    if (socket_.open() && socket_.stale()) socket_.close();
    if (!socket_.open()) TRY(socket_.connect(path_, deadline));
    auto reply = write_message(socket_.fd(), request, deadline).and_then([&] {
      return read_message(socket_.fd(), deadline);
    });
    if (!reply) socket_.close();
    return reply;
  }

  // `take` reads the reply's value; a reply that is none breaks the link.
  template <class Take>
  api::Result<> call(const Message& request, api::Deadline deadline, const Take& take) {
    TRY_ASSIGN(reply, call(request, deadline));
    try {
      if (const auto* failure = reply.header.if_contains("failure")) {
        api::Failure said{};
        from_json(failure->as_object(), said);
        return tl::unexpected(std::move(said));
      }
      take(reply.header.at("value"));
      return {};
    } catch (const std::exception& problem) {
      socket_.close();
      return api::fail_unknown(api::Reason::linkLost, std::string("not a reply: ") + problem.what());
    }
  }

  template <class Value>
  api::Result<Value> ask(std::string_view op, api::Deadline deadline) {
    Value value;
    TRY(call({{{"op", op}}, {}}, deadline,
             [&](const boost::json::value& json) { from_json(json.as_object(), value); }));
    return value;
  }

  api::Result<> order(const Message& request, api::Deadline deadline) {
    return call(request, deadline, [](const boost::json::value&) {});
  }

  std::string path_;
  Socket socket_;
};
}  // namespace

std::unique_ptr<api::Printer> make_printer(std::string path) {
  return std::make_unique<SimulatedPrinter>(std::move(path));
}

}  // namespace simulated
