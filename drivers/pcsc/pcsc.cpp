#include "drivers/pcsc/pcsc.hpp"

#include <winscard.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <thread>
#include <utility>
#include <vector>

#include "drivers/api/secret.hpp"
#include "drivers/pcsc/caller.hpp"
#include "drivers/pcsc/codes.hpp"

namespace pcsc {
namespace {
using namespace std::chrono_literals;
using api::Reason;

// A call that waits until the deadline by itself is back a little after it.
constexpr auto grace = 1s;
// Looking at a slot and ending a session need no chip to answer.
constexpr auto short_call = 2s;
constexpr auto poll_pause = 50ms;                    // where pcscd tells no change
constexpr std::size_t answer_bytes_max = 65536 + 2;  // ISO 7816-4: extended Le, and the status word

api::Deadline within(std::chrono::milliseconds time) {
  return api::SteadyTime::clock::now() + time;
}

DWORD milliseconds_until(api::Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - api::SteadyTime::clock::now()).count();
  constexpr std::chrono::milliseconds::rep longest = 3'600'000;  // 0xFFFFFFFF would be "for ever"
  return static_cast<DWORD>(std::clamp<std::chrono::milliseconds::rep>(left, 0, longest));
}

std::string text_of(LONG code) {
  char hex[16];
  std::snprintf(hex, sizeof hex, "%08lX", static_cast<unsigned long>(code) & 0xFFFFFFFFul);
  return std::string(pcsc_stringify_error(code)) + " (" + hex + ")";
}

// Before the chip was touched.
tl::unexpected<api::Failure> not_done(LONG code) {
  return api::fail(row_of(code).reason, text_of(code));
}

bool service_gone(LONG code) {
  return row_of(code).reason == Reason::smartCardServiceGone;
}

// A SCARDCONTEXT. pcsc-lite lets one call at a time into a context, so a hanging call takes its own with it,
// and releases it when it is back. Every other one is released by a call with a deadline, as pcscd has a part
// in that too.
struct Context {
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { release(); }
  void release() {
    if (std::exchange(open, false)) SCardReleaseContext(handle);
  }
  SCARDCONTEXT handle = 0;
  bool open = false;
};

// One powered chip. Owned by the session and by the call that works on it.
struct Chip {
  Chip() = default;
  Chip(const Chip&) = delete;
  Chip& operator=(const Chip&) = delete;
  ~Chip() { api::wipe(command); }
  std::shared_ptr<Context> context;
  std::string reader;
  SCARDHANDLE handle = 0;
  DWORD protocol = 0;
  api::Bytes atr;
  api::Bytes command;
  api::Bytes room = api::Bytes(answer_bytes_max);
  std::size_t answered = 0;  // bytes of `room`
};

LONG connect(Chip& chip) {
  const auto code = SCardConnect(chip.context->handle, chip.reader.c_str(), SCARD_SHARE_EXCLUSIVE,
                                 SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &chip.handle, &chip.protocol);
  if (code != SCARD_S_SUCCESS) return code;
  DWORD name_size = 0, state = 0, atr_size = MAX_ATR_SIZE;
  chip.atr.resize(atr_size);
  const auto status =
      SCardStatus(chip.handle, nullptr, &name_size, &state, &chip.protocol, chip.atr.data(), &atr_size);
  chip.atr.resize(status == SCARD_S_SUCCESS ? atr_size : 0);
  if (status != SCARD_S_SUCCESS) SCardDisconnect(chip.handle, SCARD_UNPOWER_CARD);
  return status;
}

LONG transmit(Chip& chip) {
  DWORD size = chip.room.size();
  const auto* header = chip.protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
  const auto code = SCardTransmit(chip.handle, header, chip.command.data(), chip.command.size(), nullptr,
                                  chip.room.data(), &size);
  api::wipe(chip.command);
  chip.answered = code == SCARD_S_SUCCESS ? size : 0;
  return code;
}

// What encoder and transports share: the reader's pattern, and the way to pcscd.
class Reader {
 public:
  explicit Reader(const std::string& pattern)
      : pattern_(pattern), regex_(pattern, std::regex::ECMAScript | std::regex::nosubs) {}
  ~Reader() {
    leave_context();
    for (const auto& context : leaving_) context->open = false;  // calls hang: it goes with the process
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const std::string& pattern() const { return pattern_; }

  // Runs `work(data)` on the caller's thread; `data` belongs to both sides.
  template <class Data>
  api::Result<LONG> call(const std::shared_ptr<Data>& data, LONG (*work)(Data&), api::Deadline deadline) {
    if (!caller_.ready())
      return api::fail(Reason::readerGone,
                       caller_.exhausted()
                           ? "too many calls to pcscd hang: take the card out, or restart pcscd"
                           : "the system has no thread for a call to pcscd");
    const auto code = std::make_shared<LONG>(SCARD_F_UNKNOWN_ERROR);
    if (caller_.run([data, code, work] { *code = work(*data); }, deadline)) return *code;
    if (context_.use_count() == 1) leave_context();
    context_ = nullptr;  // to the call that hangs in it
    return api::fail_unknown(Reason::timedOut, "pcscd did not answer in time");
  }

  // The context and the name of the reader at present.
  struct Place {
    std::shared_ptr<Context> context;
    std::string name;
  };
  api::Result<Place> find(api::Deadline deadline) {
    const bool old = context_ != nullptr;
    auto place = look(deadline);
    // A context of the pcscd before this one: only its failure tells.
    if (!place && old && place.error().reason == Reason::smartCardServiceGone) return look(deadline);
    return place;
  }

  void leave_context() {
    if (context_) leaving_.push_back(std::exchange(context_, nullptr));
    release_left();
  }
  void service_is_gone() {
    leave_context();
    card_event_.reset();  // the next pcscd counts from the start
  }

  // pcscd 1.9.9 calls a slot empty as soon as a call on the session fails for a pulled card, before its poll
  // (400 ms) has seen that. A card inserted by then is taken for the old one, and the slot stays "empty".
  // Only the number of insertions and removals in the upper half of the state tells: it is the poll's own.
  void card_seen(DWORD state) { card_event_ = state >> 16; }
  bool really_empty(DWORD state) const { return state & SCARD_STATE_EMPTY && card_event_ != state >> 16; }

  // The slot's state after at most `time`, once it differs from `known`.
  api::Result<DWORD> state(const Place& place, DWORD known, api::Deadline until) {
    struct Query {
      Place place;
      SCARD_READERSTATE state{};
      api::Deadline until;
    };
    const auto query = std::make_shared<Query>(Query{place, {}, until});
    query->state.dwCurrentState = known;
    TRY_ASSIGN(code, call<Query>(
                         query,
                         [](Query& asked) {
                           asked.state.szReader = asked.place.name.c_str();
                           return SCardGetStatusChange(asked.place.context->handle,
                                                       milliseconds_until(asked.until), &asked.state, 1);
                         },
                         until + grace));
    if (service_gone(code)) service_is_gone();
    if (code == SCARD_E_TIMEOUT) return known;
    if (code != SCARD_S_SUCCESS) return not_done(code);
    const auto now = query->state.dwEventState & ~static_cast<DWORD>(SCARD_STATE_CHANGED);
    if (now & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) return not_done(SCARD_E_READER_UNAVAILABLE);
    return now;
  }

 private:
  api::Result<Place> look(api::Deadline deadline) {
    struct Listing {
      std::shared_ptr<Context> context;
      std::string names;  // each ended by NUL
    };
    release_left();
    if (!context_) context_ = std::make_shared<Context>();
    const auto listing = std::make_shared<Listing>(Listing{context_, {}});
    TRY_ASSIGN(code, call<Listing>(
                         listing,
                         [](Listing& asked) {
                           auto& context = *asked.context;
                           if (!context.open) {
                             const auto made =
                                 SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context.handle);
                             if (made != SCARD_S_SUCCESS) return made;
                             context.open = true;
                           }
                           asked.names.resize(MAX_READERNAME * PCSCLITE_MAX_READERS_CONTEXTS + 1);
                           DWORD size = asked.names.size();
                           const auto listed =
                               SCardListReaders(context.handle, nullptr, asked.names.data(), &size);
                           asked.names.resize(listed == SCARD_S_SUCCESS ? size : 0);
                           return listed;
                         },
                         deadline));
    if (service_gone(code)) service_is_gone();
    if (code != SCARD_S_SUCCESS) return not_done(code);
    std::string best;
    for (const auto* name = listing->names.c_str(); *name; name += std::char_traits<char>::length(name) + 1)
      if (std::regex_search(name, regex_) && (best.empty() || name < best)) best = name;
    if (best.empty()) return api::fail(Reason::readerGone, "no reader matches " + pattern_);
    return Place{context_, best};
  }

  void release_left() {
    while (!leaving_.empty() && caller_.ready()) {
      const auto context = leaving_.back();
      leaving_.pop_back();
      (void)caller_.run([context] { context->release(); }, within(short_call));
    }
  }

  std::string pattern_;
  std::regex regex_;
  Caller caller_;
  std::shared_ptr<Context> context_;
  std::vector<std::shared_ptr<Context>> leaving_;  // to be released as soon as a call can be made
  std::optional<DWORD> card_event_;                // that brought the card of the last session
};

class Session final : public api::Transport {
 public:
  Session(std::shared_ptr<Reader> reader, std::shared_ptr<Chip> chip)
      : reader_(std::move(reader)), chip_(std::move(chip)), atr_(chip_->atr) {}
  ~Session() override { end(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  api::Result<api::Bytes> exchange(api::BytesView command, api::Deadline deadline) override {
    if (!chip_) return over();
    chip_->command.assign(command.begin(), command.end());
    TRY(work(transmit, deadline));
    if (chip_->answered >= 2)
      return api::Bytes(chip_->room.begin(),
                        chip_->room.begin() + static_cast<std::ptrdiff_t>(chip_->answered));
    // Success and no byte at all: the chip went away in the middle (vpcd, and readers like it).
    const auto reason = chip_->answered == 0 ? Reason::chipLost : Reason::chipCommunication;
    end();
    return api::fail_unknown(reason, "the answer has no status word");
  }

  api::Result<> reset(api::Deadline deadline) override {
    if (!chip_) return over();
    return work(
        [](Chip& chip) {
          return SCardReconnect(chip.handle, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                                SCARD_RESET_CARD, &chip.protocol);
        },
        deadline);
  }

  api::BytesView atr() const noexcept override { return atr_; }

 private:
  static tl::unexpected<api::Failure> over() { return api::fail(Reason::chipLost, "the session is over"); }

  // Whatever goes wrong, the session is over: the same handle may already reach another chip.
  api::Result<> work(LONG (*what)(Chip&), api::Deadline deadline) {
    const auto code = reader_->call<Chip>(chip_, what, deadline);
    if (code && *code == SCARD_S_SUCCESS) return {};
    if (!code) {
      chip_ = nullptr;  // the call that hangs still has it, and its context
      reader_->leave_context();
      return tl::unexpected(code.error());
    }
    if (service_gone(*code)) reader_->service_is_gone();
    end();
    const auto row = row_of(*code);
    return tl::unexpected(api::Failure{row.reason, row.certainty, text_of(*code)});
  }

  void end() {
    if (!chip_) return;
    (void)reader_->call<Chip>(
        chip_,
        [](Chip& chip) {
          const auto code = SCardDisconnect(chip.handle, SCARD_UNPOWER_CARD);
          chip.context = nullptr;  // where it is the last to use it
          return code;
        },
        within(short_call));
    chip_ = nullptr;
  }

  std::shared_ptr<Reader> reader_;
  std::shared_ptr<Chip> chip_;  // null: over
  api::Bytes atr_;
};

class Encoder final : public api::Encoder {
 public:
  explicit Encoder(const std::string& pattern) : reader_(std::make_shared<Reader>(pattern)) {}

  std::string name() const override { return name_.empty() ? reader_->pattern() : name_; }

  api::Slot slot() override {
    const auto place = find(within(short_call));
    if (!place) return api::Slot::absent;
    const auto state = reader_->state(*place, SCARD_STATE_UNAWARE, within(0ms));
    if (!state) return api::Slot::absent;
    return reader_->really_empty(*state) ? api::Slot::empty : api::Slot::occupied;
  }

  api::Result<std::unique_ptr<api::Transport>> connect(api::Deadline deadline) override {
    TRY_ASSIGN(place, find(deadline));
    DWORD known = SCARD_STATE_UNAWARE;
    do {
      TRY_ASSIGN(state, reader_->state(place, known, deadline));
      known = state;
      if (!(state & SCARD_STATE_PRESENT) || state & SCARD_STATE_MUTE) continue;
      const auto chip = std::make_shared<Chip>();
      chip->context = place.context;
      chip->reader = place.name;
      TRY_ASSIGN(code, reader_->call<Chip>(chip, pcsc::connect, deadline));
      if (code == SCARD_S_SUCCESS) {
        reader_->card_seen(state);
        return std::make_unique<Session>(reader_, chip);
      }
      const auto reason = row_of(code).reason;
      if (service_gone(code)) reader_->service_is_gone();
      if (reason != Reason::chipLost && reason != Reason::chipMute) return not_done(code);
      // It left again, or does not answer yet.
      known = SCARD_STATE_UNAWARE;
      std::this_thread::sleep_until(std::min(deadline, within(poll_pause)));
    } while (api::SteadyTime::clock::now() < deadline);
    return api::fail(Reason::chipMute, known & SCARD_STATE_EMPTY ? "the slot is empty" : "");
  }

  api::Result<> await_empty(api::Deadline deadline) override {
    TRY_ASSIGN(place, find(deadline));
    DWORD known = SCARD_STATE_UNAWARE;
    do {
      TRY_ASSIGN(state, reader_->state(place, known, deadline));
      if (reader_->really_empty(state)) return {};
      known = state;
      if (!(state & SCARD_STATE_EMPTY)) continue;
      known = SCARD_STATE_UNAWARE;
      std::this_thread::sleep_until(std::min(deadline, within(poll_pause)));
    } while (api::SteadyTime::clock::now() < deadline);
    return api::fail(Reason::timedOut, "a chip is still in the slot");
  }

 private:
  api::Result<Reader::Place> find(api::Deadline deadline) {
    TRY_ASSIGN(place, reader_->find(deadline));
    name_ = place.name;
    return place;
  }

  std::shared_ptr<Reader> reader_;
  std::string name_;
};
}  // namespace

std::unique_ptr<api::Encoder> make_encoder(const std::string& pattern) {
  return std::make_unique<Encoder>(pattern);
}

}  // namespace pcsc
