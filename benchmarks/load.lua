-- For wrk: sends the requests of a file in turn, each written there as its length, a line end and itself.
local requests, place = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local length = file:read("*n")
  while length do
    file:read(1)
    requests[#requests + 1] = file:read(length)
    length = file:read("*n")
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local words = { summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed }
  io.write("RESULT " .. table.concat(words, " ") .. "\n")
end
