#pragma once
#include <boost/json/object.hpp>

#include "tools/ctl/terminal.hpp"

// What the interface's types look like to people.
namespace ctl {

// The batch, its cards, and what can be done with it.
void show_batch(const Terminal& terminal, const boost::json::object& batch);
// The card, and its attempts where they came along.
void show_card(const Terminal& terminal, const boost::json::object& card);
// The order, and what can be done with it.
void show_order(const Terminal& terminal, const boost::json::object& order);
// The reply of GetHolder.
void show_holder(const Terminal& terminal, const boost::json::object& reply);
// What became of a card that was encoded by hand or given to a holder.
void show_outcome(const Terminal& terminal, const boost::json::object& reply);
// The card in doubt: what is known of it, what is not, what to look at, and the commands to type then.
void show_doubt(const Terminal& terminal, const boost::json::object& doubt);
// What a person does next with a batch in this state; may be empty.
std::string next_step(const boost::json::object& batch);
// The same of an order.
std::string next_step_of_order(const boost::json::object& order);
void show_station(const Terminal& terminal, const boost::json::object& station);
// A line of the station: "line waiting: hopperEmpty"
std::string line_head(const Terminal& terminal, const boost::json::object& station_line);
// "2 awaitingConfirmation, 1 failed"
std::string show_counts(const boost::json::object& batch_or_order);
// "2 chipMute, 1 jam": the numbers of the member.
std::string show_numbers(const boost::json::object& object, std::string_view member);
// One line for each card that was not taken.
void show_skipped(const Terminal& terminal, const boost::json::object& reply);

Table card_table();
void add_card(Table& table, const boost::json::object& card);

}  // namespace ctl
