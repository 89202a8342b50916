#pragma once
#include <memory>
#include <string>

#include "drivers/api/bytes.hpp"
#include "drivers/api/clock.hpp"
#include "drivers/api/result.hpp"

namespace api {

// One exclusive session with one powered chip. Destroying it ends the session and takes power from the chip.
// After any failure with certainty `unknown` the session is over: every later call fails with `chipLost`, so
// that an exchange can never reach another chip that was put under the same handle (reference: pcscd's 400 ms
// poll).
class Transport {
 public:
  virtual ~Transport() = default;
  // One command APDU (ISO 7816-4, short or extended), one answer with SW1 SW2 at its end; never shorter than
  // 2 bytes.
  virtual Result<Bytes> exchange(BytesView command, Deadline deadline) = 0;
  // Warm reset: the chip forgets its security status; the session goes on.
  virtual Result<> reset(Deadline deadline) = 0;
  virtual BytesView atr() const noexcept = 0;
};

enum class Slot { absent, empty, occupied };  // absent: the reader itself, or the PC/SC service, is not there

// A PC/SC reader. One thread uses it at a time.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual std::string name() const = 0;  // the reader's name, or the pattern when none matches
  virtual Slot slot() = 0;
  // Waits for a chip in the slot and powers it. Fails: readerGone, smartCardServiceGone, readerBusy, chipMute
  // (nothing answered until the deadline).
  virtual Result<std::unique_ptr<Transport>> connect(Deadline deadline) = 0;
  // Waits until the slot is reported empty: only then may the next card come to the contacts.
  virtual Result<> await_empty(Deadline deadline) = 0;
};

}  // namespace api
