// What has to happen in Redis as one: Lua, which it runs without anything in between.
#pragma once

namespace redis::scripts {

// KEYS[1]: the address' owner. ARGV: who wants to consume, empty for one that does not own it; lease in ms.
// Returns the owner that stands in the way, if there is one. Called again it renews.
inline constexpr const char* claim = R"(
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return owner end
if ARGV[1] ~= '' then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return false)";

// KEYS[1]: the address' owner. ARGV: who gives it back.
inline constexpr const char* release = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end)";

// KEYS[1]: the stream. ARGV: group, consumer, where the keys of living consumers begin, how many entries.
// Takes over what consumers that are dead have not settled and forgets those that left nothing.
inline constexpr const char* take_over = R"(
local taken = {}
for _, c in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local name, pending = c[2], c[4]
    if name ~= ARGV[2] and redis.call('EXISTS', ARGV[3] .. name) == 0 then
        if pending == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name) end
        local room = ARGV[4] - #taken
        if pending > 0 and room > 0 then
            for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', room, name)) do
                for _, entry in ipairs(redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, p[1])) do
                    taken[#taken + 1] = entry
                end
            end
        end
    end
end
return taken)";

// KEYS[1]: the stream. Drops what every group has acknowledged; while there is no group, nothing.
inline constexpr const char* trim = R"(
local function before(a, b)
    local am, as = a:match('(%d+)-(%d+)')
    local bm, bs = b:match('(%d+)-(%d+)')
    am, as, bm, bs = tonumber(am), tonumber(as), tonumber(bm), tonumber(bs)
    return am < bm or (am == bm and as < bs)
end
local keep = nil
for _, g in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local oldest = redis.call('XPENDING', KEYS[1], g[2])[2] or g[8]
    if not keep or before(oldest, keep) then keep = oldest end
end
if keep then redis.call('XTRIM', KEYS[1], 'MINID', '~', keep) end)";

} // namespace redis::scripts
