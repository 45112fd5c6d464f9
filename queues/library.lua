#!lua name=bilag2
-- The queue's moves. Each function is one atomic step on the server: it checks first and writes
-- last, because Lua has no way back. KEYS[1] is the prefix "{bilag}:" every key begins with; the
-- hash tag keeps them on one node. Stage names come as arguments: models/stage.c spells them.
-- docs/QUEUE.md lists the keys and the fields of a job. Rename bilag2 when arguments change.

local LANES = {'1', '0', '2'} -- express, normal, slow: the numbers of enum queue_lane
local WAKE_TOKENS = 8         -- more would only make workers look in vain
local SILENT_MS = 300000      -- a worker unheard for so long is forgotten
local LISTED_BEYOND = 4       -- arguments before the stage names in reap

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function stage_of(id)
  return string.match(id, '^%l+')
end

local function append(list, ...)
  for _, value in ipairs({...}) do list[#list + 1] = value end
end

-- A department stands in the ring while its list holds anything.
local function push_ready(p, id, lane, department, side)
  local place = stage_of(id) .. ':' .. lane
  if redis.call(side, p .. 'ready:' .. place .. ':' .. department, id) == 1 then
    redis.call('RPUSH', p .. 'ring:' .. place, department)
  end
end

local function make_ready(p, id, side)
  local at = redis.call('HMGET', p .. 'job:' .. id, 'l', 'p')
  redis.call('HSET', p .. 'job:' .. id, 's', 'r')
  push_ready(p, id, at[1] or '0', at[2] or '', side)
end

-- A token only ends a wait early; takers find out for themselves what there is.
local function wake(p, stage, jobs)
  local key = p .. 'wake:' .. stage
  for _ = redis.call('LLEN', key) + 1, math.min(jobs, WAKE_TOKENS) do
    redis.call('RPUSH', key, '1')
  end
end

local function wake_all(p, woken)
  for stage, jobs in pairs(woken) do wake(p, stage, jobs) end
end

local function count_one(counts, name)
  counts[name] = (counts[name] or 0) + 1
end

-- A holder is known by the fence its taking got and by its name ("name#taking").
local function is_held(p, id, fence, worker)
  local v = redis.call('HMGET', p .. 'job:' .. id, 's', 'f', 'w')
  return v[1] == 'l' and v[2] == fence and string.match(v[3], '^[^#]*') == worker
end

-- Items are five arguments each: id, min_fence, delay_ms, lane, department.
local function add_item(p, A, at, now, woken)
  local id, delay = A[at], tonumber(A[at + 2])
  local key = p .. 'job:' .. id
  if redis.call('EXISTS', key) == 1 then return 0 end
  local job = {'HSET', key, 's', delay > 0 and 'z' or 'r', 'f', A[at + 1], 't', now}
  if A[at + 3] ~= '0' then append(job, 'l', A[at + 3]) end
  if A[at + 4] ~= '' then append(job, 'p', A[at + 4]) end
  redis.call(unpack(job))
  if delay > 0 then
    redis.call('ZADD', p .. 'delay:' .. stage_of(id), now + delay, id)
  else
    push_ready(p, id, A[at + 3], A[at + 4], 'RPUSH')
    count_one(woken, stage_of(id))
  end
  return 1
end

-- add: items … -> how many were new
local function add(K, A)
  local p, now, woken, added = K[1], now_ms(), {}, 0
  for at = 1, #A, 5 do added = added + add_item(p, A, at, now, woken) end
  wake_all(p, woken)
  return added
end

-- Delays that are over: ready again, behind the others. -> how many
local function bring_due(p, stage, now, batch)
  local delay = p .. 'delay:' .. stage
  local due = redis.call('ZRANGEBYSCORE', delay, '-inf', now, 'LIMIT', 0, batch)
  for _, id in ipairs(due) do
    redis.call('ZREM', delay, id)
    make_ready(p, id, 'RPUSH')
  end
  return #due
end

-- Up to `n` ids of a stage and lane: one from each department in turn, all at once from a
-- department that is alone.
local function pop_ready(p, place, n, ids)
  local ring = p .. 'ring:' .. place
  while #ids < n do
    local department = redis.call('LMOVE', ring, ring, 'LEFT', 'RIGHT')
    if not department then return end
    local list = p .. 'ready:' .. place .. ':' .. department
    local share = redis.call('LLEN', ring) == 1 and n - #ids or 1
    append(ids, unpack(redis.call('LPOP', list, share) or {}))
    if redis.call('EXISTS', list) == 0 then redis.call('RPOP', ring) end
  end
end

local function lease(p, stage, ids, holder, until_ms, out)
  local leases = {'ZADD', p .. 'lease:' .. stage}
  for _, id in ipairs(ids) do
    local key = p .. 'job:' .. id
    local v = redis.call('HMGET', key, 's', 'f', 'n', 'c', 'o')
    if v[1] == 'r' then -- else it was dropped behind our back, and the list entry is all there was
      local fence = v[2] + 1
      redis.call('HSET', key, 's', 'l', 'f', fence, 'w', holder)
      append(leases, until_ms, id)
      append(out, id, fence, v[3] or 0, v[4] or 0, v[5] or 0)
    end
  end
  if #leases > 2 then redis.call(unpack(leases)) end
end

local function take_ready(p, stages, holder, until_ms, max, out)
  for _, lane in ipairs(LANES) do
    for _, stage in ipairs(stages) do
      local ids = {}
      pop_ready(p, stage .. ':' .. lane, max - #out / 5, ids)
      if #ids > 0 then lease(p, stage, ids, holder, until_ms, out) end
    end
  end
end

-- Leases of a worker go back to the front, oldest first; with `since` only those of its takings
-- from that number on. -> how many
local function give_back(p, stages, worker, since)
  local given = 0
  for _, stage in ipairs(stages) do
    local key = p .. 'lease:' .. stage
    for _, id in ipairs(redis.call('ZREVRANGE', key, 0, -1)) do
      local holder = redis.call('HGET', p .. 'job:' .. id, 'w')
      local name, taking = string.match(holder or '', '^([^#]*)#(%d+)$')
      if name == worker and tonumber(taking) >= since then
        redis.call('ZREM', key, id)
        make_ready(p, id, 'LPUSH')
        given = given + 1
      end
    end
  end
  return given
end

-- take: worker, taking, first_lost, lease_ms, max, stages late first …
--   -> id, fence, failures, crashes, orphans, id, …
-- first_lost > 0: the answers to the takings from that number on never arrived; what they took is
-- given back before anything is taken.
local function take(K, A)
  local p, now, out, stages, open = K[1], now_ms(), {}, {}, {}
  local paused = {}
  for _, stage in ipairs(redis.call('SMEMBERS', p .. 'paused')) do paused[stage] = true end
  for i = 6, #A do
    append(stages, A[i])
    if not paused[A[i]] then append(open, A[i]) end
  end
  if tonumber(A[3]) > 0 then give_back(p, stages, A[1], tonumber(A[3])) end
  local holder, until_ms, max = A[1] .. '#' .. A[2], now + A[4], tonumber(A[5])
  take_ready(p, open, holder, until_ms, max, out)
  if #out == 0 then
    local due = 0
    for _, stage in ipairs(open) do due = due + bring_due(p, stage, now, max) end
    if due > 0 then take_ready(p, open, holder, until_ms, max, out) end
  end
  return out
end

-- beat: worker, id, fence, lease_ms -> 1, or 0 when not held
local function beat(K, A)
  local p = K[1]
  if not is_held(p, A[2], A[3], A[1]) then return 0 end
  redis.call('ZADD', p .. 'lease:' .. stage_of(A[2]), 'XX', now_ms() + A[4], A[2])
  return 1
end

-- finish: worker, then for each job id, fence, n_next and n_next items -> 1 or 0 for each
local function finish(K, A)
  local p, now, woken, done, out, at = K[1], now_ms(), {}, {}, {}, 2
  local jobs, items, is_done = {'DEL'}, {}, {}
  while at <= #A do
    local id, n_next = A[at], tonumber(A[at + 2])
    local is_ours = not is_done[id] and is_held(p, id, A[at + 1], A[1])
    if is_ours then
      local stage = stage_of(id)
      is_done[id] = true
      done[stage] = done[stage] or {'ZREM', p .. 'lease:' .. stage}
      append(done[stage], id)
      append(jobs, p .. 'job:' .. id)
      for i = 0, n_next - 1 do append(items, at + 3 + i * 5) end
    end
    append(out, is_ours and 1 or 0)
    at = at + 3 + n_next * 5
  end
  if #jobs == 1 then return out end
  for stage, leases in pairs(done) do
    redis.call('HINCRBY', p .. 'total', stage .. ':done', redis.call(unpack(leases)))
  end
  redis.call(unpack(jobs))
  for _, item in ipairs(items) do add_item(p, A, item, now, woken) end
  wake_all(p, woken)
  return out
end

-- pass: the arguments of finish for one job, then those of take -> what finish returns, what take returns
local function pass(K, A)
  local finished, taking = {}, {}
  for i, value in ipairs(A) do append(i <= 4 + A[4] * 5 and finished or taking, value) end
  local out = finish(K, finished)
  append(out, unpack(take(K, taking)))
  return out
end

local function bury(p, id, now, reason)
  redis.call('HSET', p .. 'job:' .. id, 's', 'd', 'y', reason)
  redis.call('ZADD', p .. 'dead:' .. stage_of(id), now, id)
end

-- fail: worker, id, fence, counter (n|c), limit, delay_ms, lane or '', reason
--   -> 1 another try, 2 dead, 0 when not held
local function fail(K, A)
  local p, id, now = K[1], A[2], now_ms()
  local key, stage = p .. 'job:' .. id, stage_of(A[2])
  if not is_held(p, id, A[3], A[1]) then return 0 end
  redis.call('ZREM', p .. 'lease:' .. stage, id)
  redis.call('HINCRBY', p .. 'total', stage .. ':failed', 1)
  if redis.call('HINCRBY', key, A[4], 1) >= tonumber(A[5]) then
    bury(p, id, now, A[8])
    return 2
  end
  redis.call('HSET', key, 's', 'z', 'y', A[8])
  if A[7] ~= '' then redis.call('HSET', key, 'l', A[7]) end
  redis.call('ZADD', p .. 'delay:' .. stage, now + A[6], id)
  return 1
end

-- release: worker, stages … -> how many
local function release(K, A)
  local stages = {}
  for i = 2, #A do append(stages, A[i]) end
  return give_back(K[1], stages, A[1], 0)
end

-- The clock stepped, or nobody reaped for long: every lease runs anew, once, and delays move with
-- a clock that went back. Reclaiming instead would take work from workers that are alive.
local function renew(p, stage, now, lease_ms, step)
  for _, id in ipairs(redis.call('ZRANGE', p .. 'lease:' .. stage, 0, -1)) do
    redis.call('ZADD', p .. 'lease:' .. stage, now + lease_ms, id)
  end
  if step >= 0 then return end
  for _, id in ipairs(redis.call('ZRANGE', p .. 'delay:' .. stage, 0, -1)) do
    redis.call('ZINCRBY', p .. 'delay:' .. stage, step, id)
  end
end

local function reclaim(p, stage, now, batch, limit)
  local key, back, dead = p .. 'lease:' .. stage, 0, 0
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, batch)) do
    redis.call('ZREM', key, id)
    redis.call('HINCRBY', p .. 'total', stage .. ':failed', 1)
    if redis.call('HINCRBY', p .. 'job:' .. id, 'o', 1) >= limit then
      bury(p, id, now, 'orphan')
      dead = dead + 1
    else
      make_ready(p, id, 'LPUSH')
      back = back + 1
    end
  end
  return back, dead
end

-- reap: batch, max_orphans, lease_ms, max_gap_ms, stages … -> reclaimed, dead, due, clock jump
local function reap(K, A)
  local p, now, sum = K[1], now_ms(), {0, 0, 0, 0}
  local step = now - (redis.call('GET', p .. 'tick') or now)
  redis.call('SET', p .. 'tick', now)
  for i = LISTED_BEYOND + 1, #A do
    if step < 0 or step > tonumber(A[4]) then
      renew(p, A[i], now, A[3], step)
      sum[4] = 1
    else
      local back, dead = reclaim(p, A[i], now, A[1], tonumber(A[2]))
      local due = bring_due(p, A[i], now, A[1])
      wake(p, A[i], back + due)
      sum[1], sum[2], sum[3] = sum[1] + back, sum[2] + dead, sum[3] + due
    end
  end
  return sum
end

-- known: ids … -> 1 or 0 for each
local function known(K, A)
  local out = {}
  for i, id in ipairs(A) do out[i] = redis.call('EXISTS', K[1] .. 'job:' .. id) end
  return out
end

-- Everything that depends on the number of departments, never on the number of jobs.
local function waiting(p, stage, now)
  local n, oldest = 0, now
  for _, lane in ipairs(LANES) do
    local place = stage .. ':' .. lane
    for _, department in ipairs(redis.call('LRANGE', p .. 'ring:' .. place, 0, -1)) do
      local list = p .. 'ready:' .. place .. ':' .. department
      local first = redis.call('LINDEX', list, 0)
      n = n + redis.call('LLEN', list)
      oldest = math.min(oldest, redis.call('HGET', p .. 'job:' .. first, 't') or now)
    end
  end
  return n, now - oldest
end

-- counts: stages …
--   -> waiting, active, delayed, dead, oldest_age_ms, done, failed, paused for each
local function counts(K, A)
  local p, now, out = K[1], now_ms(), {}
  for _, stage in ipairs(A) do
    local n, age = waiting(p, stage, now)
    local total = redis.call('HMGET', p .. 'total', stage .. ':done', stage .. ':failed')
    append(out, n, redis.call('ZCARD', p .. 'lease:' .. stage),
           redis.call('ZCARD', p .. 'delay:' .. stage), redis.call('ZCARD', p .. 'dead:' .. stage),
           age, total[1] or 0, total[2] or 0, redis.call('SISMEMBER', p .. 'paused', stage))
  end
  return out
end

local PLACES = {l = 'lease:', z = 'delay:', d = 'dead:'}

-- id, state, fence, failures, crashes, orphans, lane, department, worker, reason, age_ms, due_ms
local function describe(p, id, now, out)
  local v = redis.call('HMGET', p .. 'job:' .. id, 's', 'f', 'n', 'c', 'o', 'l', 'p', 'w', 'y', 't')
  if not v[1] then return end
  local due = 0
  if v[1] == 'l' or v[1] == 'z' then
    due = (redis.call('ZSCORE', p .. PLACES[v[1]] .. stage_of(id), id) or now) - now
  end
  local worker = string.match(v[8] or '', '^[^#]*')
  append(out, id, v[1], v[2], v[3] or 0, v[4] or 0, v[5] or 0, v[6] or 0, v[7] or '', worker,
         v[9] or '', now - v[10], due)
end

local function ready_ids(p, stage, limit)
  local ids = {}
  for _, lane in ipairs(LANES) do
    local place = stage .. ':' .. lane
    for _, department in ipairs(redis.call('LRANGE', p .. 'ring:' .. place, 0, -1)) do
      local list = p .. 'ready:' .. place .. ':' .. department
      append(ids, unpack(redis.call('LRANGE', list, 0, limit - #ids - 1)))
      if #ids >= limit then return ids end
    end
  end
  return ids
end

-- list: stage, state (r|l|z|d), limit -> describe for each
local function list(K, A)
  local p, now, out, limit = K[1], now_ms(), {}, tonumber(A[3])
  local ids
  if A[2] == 'r' then ids = ready_ids(p, A[1], limit)
  else ids = redis.call('ZRANGE', p .. PLACES[A[2]] .. A[1], 0, limit - 1) end
  for _, id in ipairs(ids) do describe(p, id, now, out) end
  return out
end

-- find: id -> describe, or nothing
local function find(K, A)
  local out = {}
  describe(K[1], A[1], now_ms(), out)
  return out
end

-- Takes a job out of wherever it stands. A ready one is searched for: people ask, not workers.
local function remove(p, id, state)
  if state ~= 'r' then
    redis.call('ZREM', p .. PLACES[state] .. stage_of(id), id)
    return
  end
  local at = redis.call('HMGET', p .. 'job:' .. id, 'l', 'p')
  local place, department = stage_of(id) .. ':' .. (at[1] or '0'), at[2] or ''
  local key = p .. 'ready:' .. place .. ':' .. department
  redis.call('LREM', key, 1, id)
  if redis.call('EXISTS', key) == 1 then return end
  redis.call('LREM', p .. 'ring:' .. place, 1, department)
end

-- retry: id -> 1, 0 unknown, -1 held
local function retry(K, A)
  local p, id = K[1], A[1]
  local state = redis.call('HGET', p .. 'job:' .. id, 's')
  if not state then return 0 end
  if state == 'l' then return -1 end
  if state == 'r' then return 1 end
  remove(p, id, state)
  if state == 'd' then redis.call('HDEL', p .. 'job:' .. id, 'n', 'c', 'o') end
  make_ready(p, id, 'RPUSH')
  wake(p, stage_of(id), 1)
  return 1
end

-- drop: id -> 1, or 0 unknown
local function drop(K, A)
  local p, id = K[1], A[1]
  local state = redis.call('HGET', p .. 'job:' .. id, 's')
  if not state then return 0 end
  remove(p, id, state)
  redis.call('DEL', p .. 'job:' .. id)
  return 1
end

-- pause: stage, 1 or 0
local function pause(K, A)
  redis.call(A[2] == '1' and 'SADD' or 'SREM', K[1] .. 'paused', A[1])
  if A[2] == '0' then wake(K[1], A[1], WAKE_TOKENS) end
  return 1
end

-- lock: worker, name, ttl_ms -> 1 mine, 0 another's. An end further off than the time asked for
-- comes from a clock that was ahead, and does not count.
local function lock(K, A)
  local key, now = K[1] .. 'locks', now_ms()
  local v = redis.call('HMGET', key, A[2] .. ':owner', A[2] .. ':until')
  if v[1] and v[1] ~= A[1] then
    local left = v[2] - now
    if left > 0 and left <= tonumber(A[3]) then return 0 end
  end
  redis.call('HSET', key, A[2] .. ':owner', A[1], A[2] .. ':until', now + A[3])
  return 1
end

-- heartbeat: worker, pid
local function heartbeat(K, A)
  local p, now = K[1], now_ms()
  redis.call('HSET', p .. 'worker:' .. A[1], 'pid', A[2])
  redis.call('ZADD', p .. 'seen', now, A[1])
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', p .. 'seen', '-inf', now - SILENT_MS)) do
    redis.call('ZREM', p .. 'seen', name)
    redis.call('DEL', p .. 'worker:' .. name)
  end
  return 1
end

-- workers: -> name, pid, silent_ms for each
local function workers(K, A)
  local p, now, out = K[1], now_ms(), {}
  local names = redis.call('ZRANGEBYSCORE', p .. 'seen', now - SILENT_MS + 1, '+inf')
  table.sort(names)
  for _, name in ipairs(names) do
    local pid = redis.call('HGET', p .. 'worker:' .. name, 'pid')
    append(out, name, pid or 0, now - redis.call('ZSCORE', p .. 'seen', name))
  end
  return out
end

local function ping(K, A)
  return 1
end

-- A full server refuses only what brings in new work; everything that drains it goes on.
local function moves(name, callback)
  redis.register_function{function_name = name, callback = callback, flags = {'allow-oom'}}
end

local function looks(name, callback)
  redis.register_function{function_name = name, callback = callback, flags = {'no-writes'}}
end

redis.register_function('bilag2_add', add)
moves('bilag2_take', take)
moves('bilag2_beat', beat)
moves('bilag2_finish', finish)
moves('bilag2_pass', pass)
moves('bilag2_fail', fail)
moves('bilag2_release', release)
moves('bilag2_reap', reap)
moves('bilag2_retry', retry)
moves('bilag2_drop', drop)
moves('bilag2_pause', pause)
moves('bilag2_lock', lock)
moves('bilag2_heartbeat', heartbeat)
looks('bilag2_known', known)
looks('bilag2_counts', counts)
looks('bilag2_list', list)
looks('bilag2_find', find)
looks('bilag2_workers', workers)
looks('bilag2_ping', ping)
