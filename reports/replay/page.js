// `data` is what reports/replay/data.py gives: times in minutes since D0 00:00, places in kilometres.

const HEIGHT = 430;
const GAP = 14;
const FIGURES = 36; // room for the figures, right of them
const BAR = 22; // height of a bar
const FULL = 0.95; // utilisation from which a station is at its limit

const byId = (id) => document.getElementById(id);
const inkOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const INK = Object.fromEntries(
  ["ink", "pale", "line", "band", "main", "good", "bad", "muted"].map((name) => [name, inkOf(name)]),
);

const clock = byId("clock");
const slider = byId("at");
const play = byId("play");
const speed = byId("speed");

let minute = 0; // since data.from
let running = false;

// Canvases

const pixels = window.devicePixelRatio || 1;
const width = Math.max(560, document.documentElement.clientWidth - 8);
const queueWidth = Math.round(width * 0.46);
const mapWidth = width - queueWidth - GAP;

function sized(canvas, wide) {
  canvas.width = wide * pixels;
  canvas.height = HEIGHT * pixels;
  canvas.style.width = `${wide}px`;
  canvas.style.height = `${HEIGHT}px`;
  const pen = canvas.getContext("2d");
  pen.scale(pixels, pixels);
  pen.font = `12px ${inkOf("face")}`;
  return pen;
}

function labelled(id, wide) {
  const canvas = byId(id);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", data.words[id]);
  return sized(canvas, wide);
}

const queues = labelled("queues", queueWidth);
const map = labelled("map", mapWidth);

// From kilometres to pixels: the whole city in the middle of its canvas

const all = [...data.points, ...data.depots, data.centre];
const [west, east] = [Math.min(...all.map((p) => p[0])) - 1, Math.max(...all.map((p) => p[0])) + 1];
const [south, north] = [Math.min(...all.map((p) => p[1])) - 1, Math.max(...all.map((p) => p[1])) + 1];
const scale = Math.min(mapWidth / (east - west), HEIGHT / (north - south));
const left = (mapWidth - (east - west) * scale) / 2;
const below = (HEIGHT - (north - south) * scale) / 2;
const toX = (x) => left + (x - west) * scale;
const toY = (y) => HEIGHT - below - (y - south) * scale;

function ground() {
  const canvas = document.createElement("canvas");
  const pen = sized(canvas, mapWidth);
  pen.globalAlpha = 0.7;
  for (const [name, lines] of Object.entries(data.roads)) {
    const [colour, thick] = data.style[name] || [INK.line, 0.5];
    pen.strokeStyle = colour;
    pen.lineWidth = Math.max(0.4, thick * 0.7);
    pen.beginPath();
    for (const [fromX, fromY, x, y] of lines) {
      pen.moveTo(toX(fromX), toY(fromY));
      pen.lineTo(toX(x), toY(y));
    }
    pen.stroke();
  }
  return canvas;
}

const roads = ground();

// What is where at a minute

function clockOf(value) {
  const whole = Math.round(value);
  const [hour, past] = [Math.floor(whole / 60), whole % 60];
  const day = hour >= 24 ? `${data.day} ` : "";
  return `${day}${String(hour % 24).padStart(2, "0")}:${String(past).padStart(2, "0")}`;
}

// Between the two corners of a way that the van is between; null before it leaves and after it is back
function placeOf(way, now) {
  if (now < way[0][2] || now > way[way.length - 1][2]) return null;
  let low = 0;
  let high = way.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (way[middle][2] <= now) low = middle;
    else high = middle;
  }
  const [x, y, since] = way[low];
  const [nextX, nextY, until] = way[high];
  const part = until > since ? Math.min(1, (now - since) / (until - since)) : 0;
  return [x + part * (nextX - x), y + part * (nextY - y)];
}

// Queues

// room for the stations' names, left of their bars
const names = 16 + Math.max(...data.stations.map((station) => queues.measureText(station.name).width));
const longest = data.stations.map((station) => Math.max(1, ...station.queue));

function drawStation(station, row, at) {
  const step = HEIGHT / data.stations.length;
  const middle = row * step + step / 2;
  const there = station.there[at];
  const used = there > 0 ? Math.min(1, station.load[at] / there) : 0;
  const room = queueWidth - names - FIGURES;
  const share = station.queue[at] / longest[row];

  queues.textBaseline = "middle";
  queues.textAlign = "right";
  queues.fillStyle = INK.ink;
  queues.fillText(station.name, names - 8, middle - 7);
  queues.fillStyle = INK.pale;
  queues.fillText(there > 0 ? `${Math.round(100 * used)} %` : "–", names - 8, middle + 9);
  queues.fillStyle = INK.band;
  queues.fillRect(names, middle - BAR / 2, room, BAR);
  queues.fillStyle = used > FULL ? INK.bad : INK.main;
  queues.fillRect(names, middle - BAR / 2, room * Math.min(1, share), BAR);
  queues.textAlign = "left";
  queues.fillStyle = INK.ink;
  const figure = Math.round(station.queue[at]).toLocaleString();
  queues.fillText(figure, names + 4 + room * Math.min(1, share), middle);
}

// Map

function disc(x, y, radius, colour) {
  map.beginPath();
  map.arc(x, y, radius, 0, 2 * Math.PI);
  map.fillStyle = colour;
  map.fill();
}

function square(place, size, colour) {
  map.fillStyle = colour;
  map.fillRect(toX(place[0]) - size / 2, toY(place[1]) - size / 2, size, size);
}

function drawPlaces(now) {
  for (const [x, y, done] of data.points) {
    const complete = done >= 0 && done <= now;
    const colour = done <= data.promise ? INK.good : INK.bad;
    disc(toX(x), toY(y), 3, complete ? colour : INK.muted);
  }
  for (const depot of data.depots) {
    square(depot, 11, INK.ink);
    if (depot[2] < 0 || depot[2] > now) square(depot, 7, "white");
  }
  square(data.centre, 12, INK.ink);
}

function drawVans(now) {
  for (const van of data.vans) {
    const place = placeOf(van.way, now);
    if (!place) continue;
    disc(toX(place[0]), toY(place[1]), 6, INK.main);
    map.lineWidth = 1.5;
    map.strokeStyle = "white";
    map.stroke();
  }
}

function drawLegend() {
  let at = 8;
  for (const [colour, word] of [[INK.good, data.words.in_time], [INK.bad, data.words.late]]) {
    disc(at + 5, HEIGHT - 12, 4, colour);
    map.fillStyle = INK.ink;
    map.fillText(word, at + 14, HEIGHT - 8);
    at += 26 + map.measureText(word).width;
  }
}

// The picture of a minute, and the film

function draw() {
  const at = Math.min(data.minutes - 1, Math.floor(minute));
  const now = data.from + minute;
  clock.textContent = clockOf(now);
  slider.value = minute;
  data.counts.forEach((one, k) => {
    byId(`count${k}`).textContent = one.value[at].toLocaleString();
  });
  queues.clearRect(0, 0, queueWidth, HEIGHT);
  data.stations.forEach((station, row) => drawStation(station, row, at));
  map.clearRect(0, 0, mapWidth, HEIGHT);
  map.drawImage(roads, 0, 0, mapWidth, HEIGHT);
  drawPlaces(now);
  drawVans(now);
  drawLegend();
}

let before = 0; // ms of the last picture
let began = 0; // ms of the first one
let pictures = 0;

function tick(time) {
  if (!running) return;
  const seconds = Math.max(0, Math.min(0.25, (time - before) / 1000));
  before = time;
  pictures += 1;
  if (!began) began = time;
  else document.body.dataset.rate = ((1000 * pictures) / Math.max(1, time - began)).toFixed(1);
  minute = Math.min(data.minutes - 1, minute + seconds * Number(speed.value));
  draw();
  if (minute >= data.minutes - 1) stop();
  else requestAnimationFrame(tick);
}

function stop() {
  running = false;
  play.textContent = data.words.play;
}

function start() {
  if (minute >= data.minutes - 1) minute = 0;
  running = true;
  pictures = 0;
  began = 0;
  before = performance.now();
  play.textContent = data.words.pause;
  requestAnimationFrame(tick);
}

// The controls

function addCount(one, k) {
  const box = document.createElement("span");
  const figure = document.createElement("b");
  figure.id = `count${k}`;
  box.append(`${one.name} `, figure);
  byId("counts").append(box);
}

data.counts.forEach(addCount);
byId("note").textContent = data.words.note;
byId("speedword").textContent = data.words.speed;
byId("pace").textContent = data.words.pace;
speed.setAttribute("aria-label", data.words.speed);
slider.max = data.minutes - 1;
slider.setAttribute("aria-label", data.words.play);
slider.oninput = () => {
  minute = Number(slider.value);
  draw();
};
play.onclick = () => (running ? stop() : start());
stop();
draw();
