#include "ipc/frame.hpp"

#include <cstring>

namespace {

using ipc::FrameBuffer;
using ipc::Limits;

void put(FrameBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto room = buffer.prepare();
    ASSERT_FALSE(room.empty());
    const auto size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    buffer.commit(size);
    bytes.remove_prefix(size);
  }
}

std::string nested(int depth) {
  std::string text = "{\"a\":";
  for (int i = 1; i < depth; ++i) text += '[';
  for (int i = 1; i < depth; ++i) text += ']';
  if (depth == 1) text += '1';
  return text + '}';
}

TEST(frame_buffer, gives_out_one_message_after_the_other) {
  FrameBuffer buffer(100);
  put(buffer, std::string_view("one\0two\0thr", 11));
  EXPECT_EQ(buffer.next(), "one");
  EXPECT_EQ(buffer.next(), "two");
  EXPECT_EQ(buffer.next(), std::nullopt);
  put(buffer, std::string_view("ee\0", 3));
  EXPECT_EQ(buffer.next(), "three");
}

TEST(frame_buffer, keeps_a_message_together_that_comes_byte_by_byte) {
  FrameBuffer buffer(10'000);
  const std::string message(9'000, 'x');
  for (const char c : message) {
    put(buffer, {&c, 1});
    ASSERT_EQ(buffer.next(), std::nullopt);
  }
  put(buffer, std::string_view("\0", 1));
  EXPECT_EQ(buffer.next(), message);
}

TEST(frame_buffer, takes_a_message_of_exactly_the_limit) {
  FrameBuffer buffer(5'000);
  put(buffer, std::string(5'000, 'x') + '\0');
  ASSERT_TRUE(buffer.next().has_value());
  EXPECT_FALSE(buffer.too_long());
}

TEST(frame_buffer, knows_that_a_message_is_too_long) {
  FrameBuffer buffer(5'000);
  put(buffer, std::string(5'001, 'x'));
  EXPECT_EQ(buffer.next(), std::nullopt);
  EXPECT_TRUE(buffer.too_long());
}

TEST(frame_buffer, has_no_room_while_nobody_takes_messages) {
  FrameBuffer buffer(5'000);
  put(buffer, std::string(5'001, '\0'));
  EXPECT_TRUE(buffer.prepare().empty());
  buffer.next();
  EXPECT_FALSE(buffer.prepare().empty());
}

TEST(frame_buffer, gives_memory_back_after_a_long_message) {
  FrameBuffer buffer(1'000'000);
  put(buffer, std::string(900'000, 'x') + '\0');
  ASSERT_TRUE(buffer.next().has_value());
  buffer.prepare();
  EXPECT_LE(buffer.capacity(), 64u * 1024);
}

TEST(parse_message, takes_objects_up_to_the_nesting_limit) {
  EXPECT_TRUE(ipc::parse_message(nested(10), Limits{}));
  EXPECT_FALSE(ipc::parse_message(nested(11), Limits{}));
  EXPECT_FALSE(ipc::parse_message(nested(10'000), Limits{}));
}

TEST(parse_message, refuses_what_is_no_object) {
  for (const char* text : {"", " ", "null", "[]", "\"text\"", "{", "{}{}", "{} x", "{\"a\":}", "{\"a\":nul}",
                           "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{'a':1}", "{\"a\":NaN}"})
    EXPECT_FALSE(ipc::parse_message(text, Limits{})) << text;
}

ipc::RawCall call_of(std::string_view text) {
  auto message = ipc::parse_message(text, Limits{});
  EXPECT_TRUE(message) << text;
  return ipc::read_call(*std::move(message));
}

TEST(read_call, takes_every_member_of_a_call) {
  const auto call =
      call_of(R"({"method":"a.b.C","parameters":{"x":1},"more":true,"oneway":false,"upgrade":null})");
  EXPECT_EQ(call.fault, "");
  EXPECT_EQ(call.method, "a.b.C");
  EXPECT_EQ(call.parameters, (ipc::json::object{{"x", 1}}));
  EXPECT_TRUE(call.more);
  EXPECT_FALSE(call.oneway);
  EXPECT_FALSE(call.upgrade);
}

TEST(read_call, names_the_member_that_does_not_belong) {
  EXPECT_EQ(call_of("{}").fault, "method");
  EXPECT_EQ(call_of(R"({"method":1})").fault, "method");
  EXPECT_EQ(call_of(R"({"method":"a.B","parameters":[]})").fault, "parameters");
  EXPECT_EQ(call_of(R"({"method":"a.B","more":1})").fault, "more");
  EXPECT_EQ(call_of(R"({"method":"a.B","paramters":{}})").fault, "paramters");
}

TEST(read_reply, tells_replies_errors_and_nonsense_apart) {
  const auto read = [](std::string_view text) {
    return ipc::read_reply(*ipc::parse_message(text, Limits{}));
  };
  EXPECT_TRUE(read("{}"));
  EXPECT_TRUE(read(R"({"parameters":{},"continues":true})")->continues);
  EXPECT_EQ(read(R"({"error":"a.B","parameters":null})")->error, "a.B");
  EXPECT_FALSE(read(R"({"parameters":[]})"));
  EXPECT_FALSE(read(R"({"error":7})"));
}

TEST(messages, are_what_the_standard_says) {
  std::string out;
  ipc::append_call(out, "a.B", {}, false, false);
  ipc::append_call(out, "a.B", {{"x", "\0"}}, true, true);
  ipc::append_reply(out, {}, false);
  ipc::append_reply(out, {{"x", 1}}, true);
  ipc::append_error(out, "a.E", {});
  ipc::append_error(out, "a.E", {{"x", "\"y"}});
  std::string expected;
  for (const char* message :
       {R"({"method":"a.B"})", R"({"method":"a.B","parameters":{"x":""},"more":true,"oneway":true})",
        R"({"parameters":{}})", R"({"parameters":{"x":1},"continues":true})", R"({"error":"a.E"})",
        R"({"error":"a.E","parameters":{"x":"\"y"}})"})
    expected += std::string(message) + '\0';
  EXPECT_EQ(out, expected);
}

TEST(messages, carry_no_nul_inside) {
  std::string out;
  ipc::append_reply(out, {{"x", std::string_view("a\0b", 3)}}, false);
  EXPECT_EQ(out.find('\0'), out.size() - 1);
  EXPECT_EQ(ipc::parse_message({out.data(), out.size() - 1}, Limits{})->at("parameters").at("x"),
            ipc::json::string(std::string_view("a\0b", 3)));
}

}  // namespace
