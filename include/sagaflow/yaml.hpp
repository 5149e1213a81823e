// The settings of a program, read from one YAML file, the environment and the command line into the
// option structs of its components: component sagaflow::yaml.
//
//     struct { server::options http; spdlog_options log; } options;
//     config::settings settings({.name = "demo", .about = "Signs users up."});
//     settings.add("http.port", &options.http.port, {.describe = "Port to listen on.", .max = 65535, .alias =
//     "port"}); settings.add("log.level", &options.log.level, {{"info", log_level::info}, {"warn",
//     log_level::warn}},
//                  {.describe = "What is logged.", .reloadable = true});
//     if (auto status = settings.start(argc, argv, std::cout, std::cerr)) return *status;
//
// A later one of these wins: the default (what the struct holds when the setting is added), the file,
// the environment (SAGAFLOW__HTTP__PORT), the command line (--http.port=8000 or --port 8000).
// Whatever is wrong is reported at once, each mistake with its place, and then nothing is changed.
//
// What a file may hold: a map of maps, one UTF-8 document of at most 1 MiB, nested at most 32 deep. A value
// may name environment variables, ${NAME} or ${NAME:-default}; `$${` is a plain `${`. Numbers are decimal; a
// duration is a whole number with ns, us, ms, s, min, h or d, a size one with B, KiB, MiB, GiB or TiB.
// Refused, since they mislead: unknown and repeated keys, several documents, tags, merge keys, numbers with
// leading zeros. Aliases are followed within bounds. Columns count bytes.
#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace sagaflow::config {

// A pair of a map that is passed on as it stands, such as a client library's own properties.
struct property {
    std::string name;
    std::string value;
    std::string where = {}; // for messages about it: "demo.yaml:12:5"

    friend bool operator==(const property& a, const property& b) {
        return a.name == b.name && a.value == b.value;
    }
};
using properties = std::vector<property>;

// What is said of a setting when it is added. `alias` is a short option (without the dashes), `required`
// means that the default will not do, `reloadable` that reload() may change it.
struct about {
    std::string_view describe = {};
    std::string_view alias = {};
    bool required = false;
    bool reloadable = false;
};

template <class T>
struct about_number {
    std::string_view describe = {};
    std::optional<T> min = {};
    std::optional<T> max = {};
    std::string_view unit = {};
    std::string_view alias = {};
    bool required = false;
    bool reloadable = false;
};

// A secret is never shown: neither printed, nor in a message, nor taken from the command line, which
// everybody on the machine can read. `<path>_file` may name a file that holds it instead (without its last
// line break).
struct about_text {
    std::string_view describe = {};
    std::string_view alias = {};
    bool required = false;
    bool secret = false;
    bool reloadable = false;
};

struct mistake {
    std::string where;   // "demo.yaml:12:9", "environment variable SAGAFLOW__HTTP__PORT", "--http.port"
    std::string setting; // "http.port"; empty when no one setting is meant
    std::string what;    // what is wrong and what is expected

    // where: setting: what
    std::string text() const;
};

// Where settings come from. start() fills this from the process.
struct sources {
    std::string file = {};                     // empty: no file, unless an argument --config names one
    std::optional<std::string> text = {};      // the content of `file`, which is then not read
    std::vector<std::string> environment = {}; // "NAME=value"
    std::vector<std::string> arguments = {};   // without the program's name
};

struct reloaded {
    std::vector<mistake> mistakes = {};     // not empty: nothing was changed
    std::vector<std::string> changed = {};  // the settings that have a new value now
    std::vector<std::string> warnings = {}; // one for each setting that changes only with the next start
};

struct program {
    std::string name = {};
    std::string about = {}; // for --help
    std::string environment_prefix = "SAGAFLOW";
    std::string default_file = {}; // read by start() when it is there and --config names no other
};

namespace detail {

enum class kind { boolean, integer, number, text, duration, size, choice, list, map };

// Whole numbers, sizes (bytes), durations (nanoseconds) and choices (an index) are integers.
using value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, properties>;

struct entry {
    std::string path;
    kind type = kind::text;
    std::string describe = {};
    std::string alias = {};
    std::string unit = {};
    bool required = false;
    bool secret = false;
    bool reloadable = false;
    value min = std::int64_t{0};
    value max = std::int64_t{0};
    std::int64_t tick = 1;               // a duration is a multiple of this
    std::vector<std::string> names = {}; // of the choices
    std::function<value()> get = {};
    std::function<void(const value&)> set = {};
};

template <class About>
entry entry_for(std::string_view path, kind type, const About& about) {
    entry made;
    made.path = path;
    made.type = type;
    made.describe = about.describe;
    made.alias = about.alias;
    made.required = about.required;
    made.reloadable = about.reloadable;
    return made;
}

constexpr std::int64_t clamp(std::integral auto number) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return std::in_range<std::int64_t>(number) ? static_cast<std::int64_t>(number) : most;
}

template <class T>
void bind(entry& made, T* target) {
    made.get = [target]() -> value { return *target; };
    made.set = [target](const value& content) { *target = std::get<T>(content); };
}

} // namespace detail

// The table of settings. Not for several threads at once; the structs that it fills are written only during
// start(), load() and reload(), by the thread that calls. They must outlive it.
class settings {
  public:
    explicit settings(program about);
    ~settings();
    settings(settings&&) noexcept;
    settings& operator=(settings&&) noexcept;

    // Adds the setting at `path`: names of [a-z0-9_] with dots between, as in "http.port". Throws
    // sagaflow::error when the path, the alias or the default does not fit: a mistake in the program.
    void add(std::string_view path, bool* target, about about = {}) {
        auto made = detail::entry_for(path, detail::kind::boolean, about);
        detail::bind(made, target);
        add(std::move(made));
    }

    template <std::integral T>
    requires(!std::same_as<T, bool>) void add(std::string_view path, T* target, about_number<T> about = {}) {
        add_integer(path, detail::kind::integer, target, about);
    }

    void add(std::string_view path, double* target, about_number<double> about = {}) {
        auto made = detail::entry_for(path, detail::kind::number, about);
        made.unit = about.unit;
        made.min = about.min.value_or(std::numeric_limits<double>::lowest());
        made.max = about.max.value_or(std::numeric_limits<double>::max());
        detail::bind(made, target);
        add(std::move(made));
    }

    void add(std::string_view path, std::string* target, about_text about = {}) {
        auto made = detail::entry_for(path, detail::kind::text, about);
        made.secret = about.secret;
        detail::bind(made, target);
        add(std::move(made));
    }

    // A duration, `5s`; finer than the target's period is a mistake. Never negative.
    template <std::integral Rep, class Period>
    void add(std::string_view path, std::chrono::duration<Rep, Period>* target,
             about_number<std::chrono::duration<Rep, Period>> about = {}) {
        using duration = std::chrono::duration<Rep, Period>;
        using nanoseconds = std::chrono::duration<std::int64_t, std::nano>;
        static_assert(std::ratio_greater_equal_v<Period, std::nano>, "a duration finer than nanoseconds");
        auto made = detail::entry_for(path, detail::kind::duration, about);
        made.tick = nanoseconds(duration(1)).count();
        const auto most = detail::clamp(std::numeric_limits<Rep>::max());
        const auto ticks = std::min(most, std::numeric_limits<std::int64_t>::max() / made.tick);
        made.min = nanoseconds(about.min.value_or(duration::zero())).count();
        made.max = about.max ? nanoseconds(*about.max).count() : ticks * made.tick;
        made.get = [target]() -> detail::value { return nanoseconds(*target).count(); };
        made.set = [target](const detail::value& content) {
            *target = std::chrono::duration_cast<duration>(nanoseconds(std::get<std::int64_t>(content)));
        };
        add(std::move(made));
    }

    // One of the named values.
    template <class E>
    requires std::is_enum_v<E>
    void add(std::string_view path, E* target, std::initializer_list<std::pair<std::string_view, E>> names,
             about about = {}) {
        auto made = detail::entry_for(path, detail::kind::choice, about);
        std::vector<E> values;
        for (const auto& [name, value] : names) {
            made.names.emplace_back(name);
            values.push_back(value);
        }
        made.get = [target, values]() -> detail::value {
            std::int64_t index = 0;
            while (index < std::ssize(values) && values[static_cast<std::size_t>(index)] != *target) ++index;
            return index;
        };
        made.set = [target, values](const detail::value& content) {
            *target = values[static_cast<std::size_t>(std::get<std::int64_t>(content))];
        };
        add(std::move(made));
    }

    // A list of texts; separated by commas in the environment and on the command line.
    void add(std::string_view path, std::vector<std::string>* target, about about = {}) {
        auto made = detail::entry_for(path, detail::kind::list, about);
        detail::bind(made, target);
        add(std::move(made));
    }

    // A map whose names are not this program's: anything below `path`, in order, with its place. One more
    // pair is
    // `--path.name=value`. Values of names that sound secret (password, secret, token …) are not printed.
    void add(std::string_view path, properties* target, about about = {}) {
        auto made = detail::entry_for(path, detail::kind::map, about);
        detail::bind(made, target);
        add(std::move(made));
    }

    // A number of bytes, `16MiB`.
    template <std::integral T>
    void add_size(std::string_view path, T* target, about_number<T> about = {}) {
        if (!about.min) about.min = T{0};
        add_integer(path, detail::kind::size, target, about);
    }

    // Says that the value of a setting (or of a property below one) will not do, and why.
    using refuse = std::function<void(std::string_view setting, std::string what)>;

    // A check of the program's own, over several settings say. It runs when all of them have been read
    // without a mistake and stand in their structs; if it refuses one, they are put back.
    void check(std::function<void(const refuse&)> check);

    // Reads what the process was given. Empty: all is well, go on. Else the program is to end with this exit
    // status: there were mistakes (1, written to `err`), or an argument asked for something else than a start
    // (0, written to `out`): --help, --check-config, --print-config, --print-reference.
    std::optional<int> start(int argc, const char* const* argv, std::ostream& out, std::ostream& err);
    std::optional<int> start(const sources& from, std::ostream& out, std::ostream& err);

    // The reading alone. All mistakes there are; if there are any, nothing was changed.
    std::vector<mistake> load(const sources& from);

    // Reads the same sources as the last load() again, files included, and takes over what is reloadable.
    // Running components do not notice by themselves: look at `changed` and tell them.
    reloaded reload();

    // The settings in force as YAML that could be loaded again, except for secrets, and where each comes
    // from.
    void print_effective(std::ostream& out) const;
    // The table as a page of Markdown.
    void print_reference(std::ostream& out) const;
    void print_help(std::ostream& out) const;

  private:
    struct state;

    template <class T>
    void add_integer(std::string_view path, detail::kind type, T* target, const about_number<T>& about) {
        auto made = detail::entry_for(path, type, about);
        made.unit = about.unit;
        made.min = detail::clamp(about.min.value_or(std::numeric_limits<T>::min()));
        made.max = detail::clamp(about.max.value_or(std::numeric_limits<T>::max()));
        made.get = [target]() -> detail::value { return detail::clamp(*target); };
        made.set = [target](const detail::value& content) {
            *target = static_cast<T>(std::get<std::int64_t>(content));
        };
        add(std::move(made));
    }

    void add(detail::entry made);

    std::unique_ptr<state> state_;
};

} // namespace sagaflow::config
