-- Asks for the paths that stand in the file named by the first argument, in turn, and prints in the end
-- requests, microseconds, failures, and the 50th and 99th percentile of latency in microseconds.
local paths, place = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        paths[#paths + 1] = wrk.format("GET", line)
    end
end

function request()
    place = place % #paths + 1
    return paths[place]
end

function done(summary, latency)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, failures,
        latency:percentile(50), latency:percentile(99)))
end
