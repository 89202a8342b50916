// cardwrightd: the composition root. The only place that names concrete drivers; everything it builds is
// handed to what uses it.
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdio>

#include "daemon/config/config.hpp"
#include "daemon/core/stripe.hpp"
#include "daemon/layout_checks.hpp"
#include "daemon/render/renderer.hpp"
#include "daemon/runtime/background.hpp"
#include "daemon/runtime/bench.hpp"
#include "daemon/runtime/hand_bench.hpp"
#include "daemon/runtime/host.hpp"
#include "daemon/runtime/records.hpp"
#include "daemon/runtime/runner.hpp"
#include "daemon/runtime/workers.hpp"
#include "daemon/service/roles.hpp"
#include "daemon/service/service.hpp"
#include "daemon/station_parts.hpp"
#include "drivers/ipp/ipp.hpp"
#include "drivers/pcsc/pcsc.hpp"
#include "drivers/piv/piv.hpp"
#include "drivers/simulated/simulated.hpp"
#include "ipc/server.hpp"

namespace {

namespace asio = boost::asio;

// How long a stop waits for the card in the machine; shorter than TimeoutStopSec of the unit (90 s).
constexpr std::chrono::seconds stop_limit(80);

std::unique_ptr<api::Printer> make_printer(const config::Device& device) {
  if (device.driver == "simulated") return simulated::make_printer(device.address);
  throw std::runtime_error(
      fmt::format("there is no printer driver \"{}\"; write printer = \"simulated:SOCKET\"", device.driver));
}

std::unique_ptr<api::Encoder> make_hand_encoder(const config::Line& line) {
  return line.hand_encoder.empty() ? nullptr : pcsc::make_encoder(line.hand_encoder);
}

std::unique_ptr<api::DocumentPrinter> make_letters_printer(const config::Letters& letters) {
  if (letters.printer.empty()) return nullptr;
  return ipp::make_document_printer(letters.printer, letters.printer_certificate);
}

// Absent without an encoder: then core begins nothing by hand.
std::optional<runtime::HandBench> make_hand_bench(api::Encoder* encoder, const runtime::ChipTools& tools) {
  if (encoder == nullptr) return std::nullopt;
  return std::optional<runtime::HandBench>(std::in_place, *encoder, tools);
}

// The station as it runs: built from the configuration from the general to the specific, destroyed in
// reverse.
class Daemon {
 public:
  explicit Daemon(config::Configuration read);
  int run();

 private:
  runtime::Worker& worker_for(const runtime::Job& job);
  void serve(const config::Configuration& configuration);
  void tick();
  void say_recovery();
  void pat_watchdog();
  void watch_signals();
  void watch_reload();
  void reload();
  void take(config::Reloaded reloaded);
  void stop(std::string_view why);
  runtime::Worker::Deliver deliver();
  service::Preview preview();
  api::Result<service::DrawnCard> draw(const runtime::Job& job, const std::string& organisation);

  config::Configuration configuration_;
  service::Roles roles_;
  asio::io_context io_{1};
  api::SystemClock clock_;
  store::Store store_;
  station::Trust trust_;
  std::unique_ptr<api::Printer> printer_;
  std::unique_ptr<api::Encoder> encoder_;
  std::unique_ptr<api::Encoder> hand_encoder_;  // null: there is none
  std::unique_ptr<api::CardFamily> family_;
  render::Renderer renderer_;
  runtime::FaceShelf shelf_;
  runtime::Desk desk_;
  std::unique_ptr<api::DocumentPrinter> letters_printer_;  // null: letters go into a folder
  runtime::Post post_;
  runtime::Bench bench_;
  std::optional<runtime::HandBench> hand_bench_;
  runtime::Worker desk_worker_;
  runtime::Worker post_worker_;
  runtime::Worker line_worker_;
  runtime::Worker hand_worker_;
  render::Renderer preview_renderer_;  // its own: production never waits for a preview
  runtime::Background background_;
  runtime::Runner runner_;
  service::Service service_;
  ipc::Server server_;
  asio::steady_timer tick_{io_};
  asio::steady_timer watchdog_{io_};
  asio::steady_timer stop_timer_{io_};
  asio::signal_set signals_{io_, SIGTERM, SIGINT};
  asio::signal_set hangup_{io_, SIGHUP};
  bool stopping_ = false;
  std::string said_;  // of recovery
};

Daemon::Daemon(config::Configuration read)
    : configuration_(std::move(read)),
      roles_(station::roles(configuration_)),
      store_(configuration_.station.state_directory / "station.db"),
      trust_(station::load_trust(configuration_, clock_.wall())),
      printer_(make_printer(configuration_.line.printer)),
      encoder_(pcsc::make_encoder(configuration_.line.encoder)),
      hand_encoder_(make_hand_encoder(configuration_.line)),
      family_(piv::make_piv()),
      renderer_(station::renderer_program(configuration_)),
      desk_(
          [this](const runtime::FacesWanted& wanted, api::Deadline deadline) {
            return renderer_.render(station::request_of(wanted), deadline);
          },
          shelf_, trust_.authority, clock_, station::desk_settings(configuration_, trust_)),
      letters_printer_(make_letters_printer(configuration_.letters)),
      post_(station::letter_drawing(configuration_), trust_.vault, clock_,
            station::post_settings(configuration_, letters_printer_.get())),
      bench_({*printer_, *encoder_, *family_, shelf_, trust_.authority, trust_.vault, clock_, trust_.chips}),
      hand_bench_(make_hand_bench(hand_encoder_.get(),
                                  {*family_, trust_.authority, trust_.vault, clock_, trust_.chips})),
      desk_worker_([this](const runtime::Job& job) { return desk_.perform(job); }, deliver()),
      post_worker_([this](const runtime::Job& job) { return post_.perform(job); }, deliver()),
      line_worker_([this](const runtime::Job& job) { return bench_.perform(job); }, deliver()),
      hand_worker_([this](const runtime::Job& job) { return hand_bench_.value().perform(job); }, deliver()),
      preview_renderer_(station::renderer_program(configuration_)),
      runner_(configuration_.rules(),
              {store_, clock_, runtime::random_uuid,
               [this](runtime::Job job) {
                 auto& worker = worker_for(job);
                 worker.start(std::move(job));
               },
               [this] { asio::post(io_, [this] { runner_.turn(); }); }, configuration_.station.name, "line"}),
      service_(runner_, store_, CARDWRIGHT_VERSION, preview()),
      server_(io_, {"Cardwright", "cardwrightd", CARDWRIGHT_VERSION, "https://cardwright.example/"},
              [this](const ipc::Peer& peer, std::string_view method) { return roles_.may(peer, method); }) {
  serve(configuration_);
}

runtime::Worker& Daemon::worker_for(const runtime::Job& job) {
  switch (runtime::place_of(job)) {
    case runtime::Place::line: return line_worker_;
    case runtime::Place::desk: return desk_worker_;
    case runtime::Place::post: return post_worker_;
    case runtime::Place::hand: break;
  }
  return hand_worker_;
}

runtime::Worker::Deliver Daemon::deliver() {
  return [this](core::Returned returned) {
    asio::post(io_,
               [this, returned = std::move(returned)]() mutable { runner_.returned(std::move(returned)); });
  };
}

service::Preview Daemon::preview() {
  return [this, organisation = configuration_.station.organisation](service::CardToDraw card, auto then) {
    auto job = station::preview_job(std::move(card), clock_.wall());
    background_.start([this, organisation, job = std::move(job), then = std::move(then)]() mutable {
      auto drawn = draw(job, organisation);
      asio::post(io_, [then = std::exchange(then, {}), drawn = std::move(drawn)]() mutable {
        then(std::move(drawn));
      });
    });
  };
}

// On the thread of the background.
api::Result<service::DrawnCard> Daemon::draw(const runtime::Job& job, const std::string& organisation) try {
  const auto deadline = clock_.steady() + runtime::row_of(core::Step::render).limit;
  TRY_ASSIGN(wanted, runtime::faces_wanted(job, organisation, shelf_.image()));
  TRY(core::fill_tracks(job.product, wanted.fields));  // nothing of them is seen, but the card needs them
  TRY_ASSIGN(pictures, preview_renderer_.preview(station::request_of(wanted), deadline));
  return station::drawn_card(std::move(pictures), wanted.image);
} catch (const std::exception& thrown) {  // no memory
  return api::fail(api::Reason::rendererFailed, thrown.what());
}

void Daemon::serve(const config::Configuration& configuration) {
  service_.add_to(server_);
  if (const auto fd = runtime::inherited_socket())
    server_.adopt(*fd);
  else
    server_.listen(configuration.station.socket);
}

// A worker may be in a device for longer than anybody waits, and uses what would be destroyed here: whenever
// one is, the process ends without destroying anything.
int Daemon::run() try {
  watch_signals();
  watch_reload();
  runner_.recover();
  runner_.turn();
  tick();
  pat_watchdog();
  runtime::notify_ready(runner_.summary());
  io_.run();
  const bool busy = line_worker_.busy() || desk_worker_.busy() || post_worker_.busy() ||
                    hand_worker_.busy() || background_.busy();
  if (busy) std::_Exit(EXIT_SUCCESS);
  return EXIT_SUCCESS;
} catch (const std::exception& failure) {
  fmt::print(stderr, "cardwrightd: {}\n", failure.what());
  std::fflush(nullptr);
  std::_Exit(EXIT_FAILURE);
}

// One line for the journal whenever recovery has found or done something.
void Daemon::say_recovery() {
  if (said_ == runner_.recovered()) return;
  said_ = runner_.recovered();
  fmt::print(stderr, "cardwrightd: recovery: {}\n", said_);
}

void Daemon::tick() {
  runner_.timer();
  say_recovery();
  if (!stopping_) runtime::notify_status(runner_.summary());
  tick_.expires_after(runtime::probe_interval);
  tick_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Daemon::pat_watchdog() {
  const auto interval = runtime::watchdog_interval();
  if (!interval) return;
  runtime::notify_watchdog();
  watchdog_.expires_after(*interval);
  watchdog_.async_wait([this](const boost::system::error_code& error) {
    if (!error) pat_watchdog();
  });
}

void Daemon::watch_signals() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (stopping_) return io_.stop();
    stop(signal == SIGTERM ? "asked to stop" : "interrupted");
    watch_signals();
  });
}

void Daemon::watch_reload() {
  hangup_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    if (!stopping_) reload();
    watch_reload();
  });
}

void say(std::span<const config::Problem> problems) {
  for (const auto& problem : problems) fmt::print(stderr, "cardwrightd: {}\n", problem.message());
}

// Connections, streams and the card in the machine are not touched.
void Daemon::reload() {
  runtime::notify_reloading();
  auto reloaded = config::load(configuration_.file).and_then([this](config::Configuration&& next) {
    return config::reload(configuration_, std::move(next));
  });
  if (reloaded) {
    take(*std::move(reloaded));
  } else {
    say(reloaded.error());
    fmt::print(stderr, "cardwrightd: the configuration stays as it was\n");
  }
  runtime::notify_ready(runner_.summary());
}

void Daemon::take(config::Reloaded reloaded) {
  configuration_ = std::move(reloaded.configuration);
  roles_ = station::roles(configuration_);
  runner_.reload(configuration_.rules());
  runner_.turn();
  say(reloaded.kept);
  fmt::print(stderr, "cardwrightd: the configuration was read again\n");
}

// No new card begins; the one in the machine is finished, so that a stop leaves no doubt behind.
void Daemon::stop(std::string_view why) {
  if (!stopping_) {
    stopping_ = true;
    runtime::notify_stopping(fmt::format("{}: finishing the card in the machine", why));
    server_.stop_accepting();
    runner_.submit(core::Pause{.shutdown = true}, {}, [](const core::Reply&) {});
    stop_timer_.expires_after(stop_limit);
    stop_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) io_.stop();
    });
  }
  if (runner_.idle()) return io_.stop();
  tick_.expires_after(std::chrono::milliseconds(50));
  tick_.async_wait([this, why](const boost::system::error_code& error) {
    if (!error) stop(why);
  });
}

int initialise(const config::Configuration& configuration) {
  station::create_trust(configuration, api::SystemClock().wall(),
                        [](const std::string& line) { fmt::print("{}\n", line); });
  return EXIT_SUCCESS;
}

int start(int argc, char** argv) {
  CLI::App app{"The daemon of a card production station: owns the card printer and the smart-card encoder."};
  std::string file = "/etc/cardwright/station.toml";
  bool check = false, init = false;
  app.add_option("--config", file, "Configuration of the station")->capture_default_str();
  app.add_flag("--check-config", check,
               "Only read the configuration and the layouts it names, and say what is wrong");
  app.add_flag("--init-authority", init,
               "Make the authority's key and certificate and the station's keys, where they are missing");
  app.set_version_flag("--version", CARDWRIGHT_VERSION);
  CLI11_PARSE(app, argc, argv);

  auto configuration = config::load(file, init ? config::Files::toBeMade : config::Files::present);
  if (!configuration) {
    for (const auto& problem : configuration.error()) fmt::print(stderr, "{}\n", problem.message());
    return EXIT_FAILURE;
  }
  if (check) {
    if (!station::layouts_are_right(*configuration)) return EXIT_FAILURE;
    fmt::print("{}: right\n", file);
    return EXIT_SUCCESS;
  }
  if (init) return initialise(*configuration);
  return Daemon(*std::move(configuration)).run();
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);  // until the station runs: then the configuration is read again
  ::umask(0077);
  runtime::protect_memory();
  runtime::allow_descriptors();
  try {
    return start(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "cardwrightd: {}\n", failure.what());
    return EXIT_FAILURE;
  }
}
