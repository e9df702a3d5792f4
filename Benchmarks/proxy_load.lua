-- Requests for wrk, as a coding agent sends them: tools, a marked system prompt, turns, the last one marked.
-- wrk … -s proxy_load.lua URL -- BYTES fresh|growing
-- fresh: each request is a conversation of its own. growing: sixteen conversations, each 40 turns long, then others.

local tool = '{"name":"look_%d","description":"%s","input_schema":{"type":"object","properties":{"path":{"type":"string"}}}}'
local words = string.rep("All work and no play makes a dull day. ", 24)
local mark = ',"cache_control":{"type":"ephemeral"}'
local question = '{"role":"user","content":[{"type":"text","text":"%d %s"%s}]}'
local reply = '{"role":"assistant","content":[{"type":"text","text":"%d %s"}]}'
local seed, sent = 0, 0
local beginning, grows, tail, added, path

function init(args)
    local bytes = tonumber(args[1])
    grows = args[2] == "growing"
    seed = os.time() % 100000
    local tools = {}
    for number = 1, 16 do tools[number] = tool:format(number, words) end
    -- What tells conversations apart stands in front of everything else, so that no byte is like another's.
    tail = '"}' .. "," .. table.concat(tools, ",") .. '],"system":[{"type":"text","text":"' .. string.rep(words, 12) .. '"' .. mark
        .. '}],"messages":[' .. question:format(0, words, "")
    beginning = '{"model":"claude-sonnet-5-5","max_tokens":1024,"tools":[{"name":"first","input_schema":{"type":"object"},"description":"'
    local turns, size, number = {}, #tail, 0
    while size < bytes do
        number = number + 1
        turns[number] = "," .. reply:format(number, words) .. "," .. question:format(number, words, "")
        size = size + #turns[number]
    end
    tail = tail .. table.concat(turns)
    -- What stood at the end of one request, without its mark, is history in the next.
    added = {[0] = ""}
    for turn = 0, 39 do
        added[turn + 1] = added[turn] .. "," .. reply:format(turn, words) .. "," .. question:format(turn, words, "")
    end
    path = (wrk.path == "/" and "" or wrk.path) .. "/v1/messages"
    wrk.method = "POST"
    wrk.headers["content-type"] = "application/json"
    wrk.headers["x-api-key"] = "sk-emu-bench-1"
    wrk.headers["anthropic-version"] = "2023-06-01"
end

function request()
    sent = sent + 1
    local conversation, turn = sent, 0
    if grows then
        local round = math.floor((sent - 1) / 16)
        conversation = (sent - 1) % 16 + math.floor(round / 40) * 16
        turn = round % 40
    end
    return wrk.format(nil, path, nil,
        beginning .. seed .. "-" .. conversation .. tail .. added[turn] .. "," .. reply:format(turn, words) .. ","
            .. question:format(turn, words, mark) .. "]}")
end
