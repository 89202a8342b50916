#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "tools/ctl/ctl.hpp"

namespace {

// The station behind a socket.
class Socket : public ctl::Station {
 public:
  explicit Socket(ipc::Client client) : client_(std::move(client)) {}

  ipc::Client::Result call(std::string_view method, ipc::json::object parameters) override {
    return client_.call(method, std::move(parameters));
  }
  ipc::Client::Result call_more(std::string_view method, ipc::json::object parameters,
                                const std::function<bool(ipc::json::object)>& each) override {
    return client_.call_more(method, std::move(parameters), each);
  }

 private:
  ipc::Client client_;
};

tl::expected<std::unique_ptr<ctl::Station>, ipc::Error> connect(const std::string& address) {
  auto client = ipc::Client::connect(address);
  if (!client) return tl::unexpected(client.error());
  return std::make_unique<Socket>(*std::move(client));
}

ctl::Terminal terminal() {
  ctl::Terminal result{std::cout, std::cerr};
  winsize size{};
  const auto* kind = std::getenv("TERM");
  if (::isatty(STDOUT_FILENO) == 0) return result;
  const auto* no_colour = std::getenv("NO_COLOR");
  result.live = kind && std::string_view(kind) != "dumb";
  result.colour = result.live && (!no_colour || *no_colour == '\0');
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    result.width = size.ws_col;
    result.height = size.ws_row;
  }
  // A person may want it otherwise (POSIX, Base Definitions 8.3).
  if (const auto* columns = std::getenv("COLUMNS"))
    if (const auto wanted = std::strtoul(columns, nullptr, 10); wanted != 0) result.width = wanted;
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_DFL);  // as any filter: `cardwrightctl watch | head`
  return static_cast<int>(ctl::run({argv + 1, argv + argc}, terminal(), connect));
}
