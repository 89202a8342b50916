#pragma once
#include <filesystem>
#include <tl/expected.hpp>

#include "drivers/api/card_family.hpp"

namespace vault {

// What a PIN letter says. Neither the holder's name nor the card number stands on it beside the PIN (ISO
// 9564-1, PIN mailers): the file's name says which card it is for, and the control number is drawn at random.
struct Letter {
  std::string card;     // the card's id; names the file
  std::string product;  // its title
  api::Secret pin;
  api::Secret puk;  // empty: not on the letter
};

// Writes `directory`/CARD.txt, mode 0600, durably and whole or not at all; an older letter of the card is
// replaced. The lines "PIN: …" and "PUK: …" stand alone. Returns the control number, or a text that says why
// not.
tl::expected<std::string, std::string> write_letter(const std::filesystem::path& directory,
                                                    const Letter& letter);

}  // namespace vault
