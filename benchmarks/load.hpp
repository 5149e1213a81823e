// The saga that the benchmarks run: three steps, each with a compensation, over in-process participants.
#pragma once

#include <sagaflow/json.hpp>
#include <sagaflow/sagaflow.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

struct reserved {
    std::string reservation;
};
struct reserve_room {
    static constexpr std::string_view type = "rooms.reserve";
    using reply = reserved;
    std::string guest;
};
struct release_room {
    static constexpr std::string_view type = "rooms.release";
    using reply = sagaflow::nothing;
    std::string guest;
};
struct reserve_flight {
    static constexpr std::string_view type = "flights.reserve";
    using reply = reserved;
    std::string guest;
};
struct release_flight {
    static constexpr std::string_view type = "flights.release";
    using reply = sagaflow::nothing;
    std::string guest;
};
struct charge {
    static constexpr std::string_view type = "payments.charge";
    using reply = reserved;
    std::string guest;
    std::uint64_t amount = 0;
};
struct refund {
    static constexpr std::string_view type = "payments.refund";
    using reply = sagaflow::nothing;
    std::string guest;
};
BOOST_DESCRIBE_STRUCT(reserved, (), (reservation))
BOOST_DESCRIBE_STRUCT(reserve_room, (), (guest))
BOOST_DESCRIBE_STRUCT(release_room, (), (guest))
BOOST_DESCRIBE_STRUCT(reserve_flight, (), (guest))
BOOST_DESCRIBE_STRUCT(release_flight, (), (guest))
BOOST_DESCRIBE_STRUCT(charge, (), (guest, amount))
BOOST_DESCRIBE_STRUCT(refund, (), (guest))

struct trip {
    std::string guest;
    std::uint64_t amount = 0;
    std::string room = {}, flight = {}, payment = {};
};
BOOST_DESCRIBE_STRUCT(trip, (), (guest, amount, room, flight, payment))

sagaflow::saga<trip> trip_saga(sagaflow::duration timeout = sagaflow::default_timeout); // of each attempt

// 24 random characters, the same sequence in every run.
class id_source {
  public:
    std::string next();

  private:
    std::uint64_t state_ = 0x9e3779b97f4a7c15ULL;
};

// Rooms, flights and payments, each a participant of its own.
class participants {
  public:
    enum class inboxes : std::uint8_t { none, sqlite };
    // With inboxes each handler writes one row of its own, into a file in `folder`.
    participants(std::shared_ptr<sagaflow::transport> bus, inboxes kind, bool reject_charges,
                 const std::filesystem::path& folder);
    ~participants();

  private:
    std::vector<std::unique_ptr<sagaflow::participant>> all_;
};

// A running engine over `bus`, whose store is `file`, and its trips. Its end stops it and closes the bus.
struct trip_engine {
    trip_engine(std::shared_ptr<sagaflow::transport> bus, const std::filesystem::path& file,
                sagaflow::duration timeout = sagaflow::default_timeout); // of each attempt
    ~trip_engine();
    trip_engine(const trip_engine&) = delete;
    trip_engine& operator=(const trip_engine&) = delete;

    std::shared_ptr<sagaflow::transport> bus;
    sagaflow::engine engine;
    sagaflow::hosted<trip> trips;
    id_source ids;
};

// The microseconds from a saga's start to its terminal event at a watcher. Throws if it did not complete.
double run_one(trip_engine& over);

// The sum of a metric over its labels.
double metric_sum(const sagaflow::engine& engine, std::string_view name);

// Runs `sagas` sagas with so many in flight; returns the seconds it took until the last one had ended.
double run_load(sagaflow::engine& engine, sagaflow::hosted<trip>& trips, id_source& ids, std::uint64_t sagas,
                std::uint64_t in_flight);

// What the process has used since it began.
struct usage {
    double cpu_us = 0;
    std::uint64_t fsyncs = 0;
};
usage usage_now();

} // namespace bench
