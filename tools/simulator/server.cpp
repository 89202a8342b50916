#include "tools/simulator/server.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <system_error>

namespace simulator {
namespace {
namespace json = boost::json;
constexpr auto forever = api::Deadline::max();

struct Stopped {};  // thrown out of a movement when the server goes

[[noreturn]] void fail_to(const char* what, const std::filesystem::path& path) {
  throw std::runtime_error(path.string() + ": cannot " + what + ": " + std::strerror(errno));
}

int listen_on(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path)
    throw std::runtime_error(path.string() + ": too long for a socket's path");
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  if (std::filesystem::is_socket(path)) std::filesystem::remove(path);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail_to("make a socket", path);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail_to("bind", path);
  if (::listen(socket, 16) != 0) fail_to("listen", path);
  return socket;
}

simulated::Message failed(const api::Failure& failure) {
  return {{{"failure", simulated::to_json(failure)}}, {}};
}

simulated::Message wrong(std::string_view what) {
  return {{{"error", what}}, {}};
}

template <class Value>
simulated::Message reply(const api::Result<Value>& result) {
  if (!result) return failed(result.error());
  if constexpr (std::is_void_v<Value>)
    return {{{"value", nullptr}}, {}};
  else
    return {{{"value", simulated::to_json(*result)}}, {}};
}

simulated::Message order(api::Printer& printer, const simulated::Message& request) {
  const auto& header = request.header;
  const auto op = std::string_view(header.at("op").as_string());
  if (op == "feed") {
    api::CardPlan plan;
    simulated::from_json(header.at("plan").as_object(), plan);
    return reply(printer.feed(plan, forever));
  }
  if (op == "toContact") return reply(printer.to_contact(forever));
  if (op == "retryContact") return reply(printer.retry_contact(forever));
  if (op == "leaveContact") return reply(printer.leave_contact(forever));
  if (op == "writeStripe") {
    api::Tracks tracks;
    simulated::from_json(header, tracks);
    return reply(printer.write_stripe(tracks, forever));
  }
  if (op == "readStripe") return reply(printer.read_stripe(forever));
  if (op == "print") return reply(printer.print(simulated::faces_of(request), forever));
  if (op == "finish") {
    const bool good = header.at("destination").as_string() == "output";
    return reply(printer.finish(good ? api::Destination::output : api::Destination::rejectBin, forever));
  }
  if (op == "recover") {
    const bool reset = header.at("recovery").as_string() == "reset";
    return reply(printer.recover(reset ? api::Recovery::reset : api::Recovery::clearError, forever));
  }
  if (op == "identity") return reply(printer.identity(forever));
  if (op == "capabilities") return reply(printer.capabilities(forever));
  if (op == "status") return reply(printer.status(forever));
  if (op == "counters") return reply(printer.counters(forever));
  if (op == "supplies") return reply(printer.supplies(forever));
  return wrong("no such op: " + std::string(op));
}

// A machine that is silent says nothing, and one whose link breaks does not say so.
std::optional<api::Reason> unspoken(const simulated::Message& message) {
  const auto* failure = message.header.if_contains("failure");
  if (!failure) return std::nullopt;
  const auto reason = api::from_name<api::Reason>(failure->as_object().at("reason").as_string());
  if (reason == api::Reason::timedOut || reason == api::Reason::linkLost) return reason;
  return std::nullopt;
}

}  // namespace

class Server::RealClock final : public api::Clock {
 public:
  explicit RealClock(double speed) : start_(api::SteadyTime::clock::now()), speed_(speed) {}
  api::WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  api::SteadyTime steady() const override {
    const auto real = std::chrono::duration<double>(api::SteadyTime::clock::now() - start_);
    return start_ + std::chrono::duration_cast<std::chrono::nanoseconds>(real * speed_);
  }
  std::chrono::nanoseconds real(std::chrono::nanoseconds world) const {
    // One more: a clock that was rounded down would be asked again at once.
    return std::chrono::duration_cast<std::chrono::nanoseconds>(world / speed_) + std::chrono::nanoseconds{1};
  }

 private:
  api::SteadyTime start_;
  double speed_;
};

Server::Server(World& world, ServerOptions options)
    : world_(world),
      options_(std::move(options)),
      clock_(std::make_unique<RealClock>(options_.speed)),
      printer_(world, *clock_, [this](std::chrono::nanoseconds time) { pass(time); }),
      contact_(world.contact()),
      listener_(listen_on(options_.socket)),
      acceptor_([this] { accept_all(); }) {}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    for (const auto& connection : connections_) ::shutdown(connection.socket, SHUT_RDWR);
  }
  changed_.notify_all();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& connection : connections_) {
    connection.thread.join();
    ::close(connection.socket);
  }
  link_.reset();
  save();
  ::close(listener_);
  std::error_code ignored;
  std::filesystem::remove(options_.socket, ignored);
}

void Server::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stop_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    connections_.remove_if([](Connection& connection) {
      if (!connection.over) return false;
      connection.thread.join();
      ::close(connection.socket);
      return true;
    });
    if (socket < 0) continue;
    auto& connection = connections_.emplace_back();
    connection.socket = socket;
    connection.thread = std::thread([this, &connection] { serve(connection); });
  }
}

void Server::serve(Connection& connection) {
  for (;;) {
    const auto request = simulated::read_message(connection.socket, forever);
    if (!request) break;
    const auto reply = answer(*request);
    if (reply.close) break;
    if (reply.message && !simulated::write_message(connection.socket, *reply.message, forever)) break;
  }
  ::shutdown(connection.socket, SHUT_RDWR);
  const std::lock_guard lock(mutex_);
  connection.over = true;
}

Server::Reply Server::answer(const simulated::Message& request) try {
  const std::lock_guard lock(mutex_);
  if (stop_) return {.close = true};
  auto message = request.header.at("op").as_string() == "tell" ? tell(request) : order(printer_, request);
  follow_contact();
  save();
  const auto reason = unspoken(message);
  if (reason == api::Reason::linkLost && world_.reply_garbled()) return {.message = simulated::Message{}};
  if (reason) return {.close = *reason == api::Reason::linkLost};
  return {.message = std::move(message)};
} catch (const Stopped&) {
  return {.close = true};
} catch (const std::exception& problem) {
  return {.message = wrong(problem.what())};
}

simulated::Message Server::tell(const simulated::Message& request) {
  world_.advance(clock_->steady());
  const auto told = world_.tell(request.header.at("line").as_string());
  if (!told) return wrong(told.error());
  changed_.notify_all();
  return reply(api::Result<>{});
}

// Lets world time go by. Called with the mutex held, as every movement is; others come to their turn
// meanwhile.
void Server::pass(std::chrono::nanoseconds time) {
  follow_contact();
  save();
  std::unique_lock lock(mutex_, std::adopt_lock);
  // A movement that somebody breaks off is not waited for.
  const auto due = world_.next_due();
  changed_.wait_for(lock, clock_->real(time), [&] { return stop_ || world_.next_due() != due; });
  lock.release();
  if (stop_) throw Stopped{};
}

// The reader sees what the contacts do. Called with the mutex held, gives it away while an old link ends.
void Server::follow_contact() {
  if (!options_.vpcd || contact_ == world_.contact()) return;
  contact_ = world_.contact();
  auto old = std::move(link_);
  mutex_.unlock();
  old.reset();
  mutex_.lock();
  if (contact_ == world_.contact() && world_.chip_present())
    link_ = std::make_unique<VpcdLink>(*options_.vpcd, responder());
}

Responder Server::responder() {
  return {.atr =
              [this] {
                const std::lock_guard lock(mutex_);
                return world_.atr();
              },
          .reset =
              [this] {
                const std::lock_guard lock(mutex_);
                world_.reset_chip();
                save();
              },
          .exchange =
              [this](api::BytesView command) {
                std::unique_lock lock(mutex_);
                // Whoever waits for a movement drives it.
                if (!world_.busy()) world_.advance(clock_->steady());
                auto answer = world_.exchange(command);
                // This host cannot be made to sleep.
                if (answer.kind != ChipAnswer::Kind::gone)
                  changed_.wait_for(lock, clock_->real(answer.delay), [this] { return stop_; });
                return answer;
              }};
}

// Survives the end of this process; not a power cut of the computer, for which a simulation need not wait.
void Server::save() {
  if (options_.state.empty()) return;
  auto beside = options_.state;
  beside += ".new";
  std::ofstream(beside, std::ios::trunc) << world_.state();
  std::filesystem::rename(beside, options_.state);
}

}  // namespace simulator
