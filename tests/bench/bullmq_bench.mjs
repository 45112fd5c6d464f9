// The same no-op jobs through BullMQ: node bullmq_bench.mjs JOBS CONCURRENCY
// Prints the same three figures as queue-bench run.
import { Queue, Worker } from "bullmq";
import IORedis from "ioredis";

const [jobs, concurrency] = process.argv.slice(2).map(Number);
const connect = () =>
  new IORedis({
    path: process.env.BENCH_SOCKET,
    username: process.env.BENCH_USER,
    password: process.env.BENCH_PASSWORD,
    maxRetriesPerRequest: null,
  });
const aSecond = (n, since) => Math.floor((n * 1000) / (performance.now() - since));

const asking = connect();
const serverCpuUs = async () => {
  const info = await asking.info("cpu");
  const seconds = (name) => Number(info.match(new RegExp(`${name}:([0-9.]+)`))[1]);
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6;
};

const queue = new Queue("bench", { connection: connect() });
let start = performance.now();
for (let done = 0; done < jobs; done += 1000) {
  await queue.addBulk(
    Array.from({ length: Math.min(1000, jobs - done) }, (_, i) => ({
      name: "sort",
      data: { id: done + i + 1 },
      opts: { removeOnComplete: true },
    })),
  );
}
const added = aSecond(jobs, start);

let left = jobs;
const cpu = await serverCpuUs();
start = performance.now();
await new Promise((resolve) => {
  const worker = new Worker("bench", async () => {}, { connection: connect(), concurrency });
  worker.on("completed", () => {
    if (--left === 0) resolve();
  });
});
const done = aSecond(jobs, start);
const perJob = ((await serverCpuUs()) - cpu) / jobs;
console.log(`${added} ${done} ${perJob.toFixed(1)}`);
process.exit(0);
