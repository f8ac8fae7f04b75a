/* The live page: plays a video stream in the page, and comes back by itself when the next stream opens. */

/** An .m3u8 plays through hls.js, which is fetched only now; where it cannot run, browsers that know HLS play it. */
async function play(video) {
  const address = video.dataset.hls;
  const failed = document.getElementById("video-failed");
  const fail = () => { if (failed) failed.hidden = false; };
  video.addEventListener("error", fail);
  const { default: Hls } = await import(video.dataset.library);
  if (!Hls.isSupported()) {
    video.src = address;
    return;
  }
  // Without a worker: it would be made from a blob, which the page's policy does not allow.
  const player = new Hls({ enableWorker: false });
  let mended = 0;
  player.on(Hls.Events.ERROR, (_name, error) => {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && mended++ < 3) player.recoverMediaError();
    else { player.destroy(); fail(); }
  });
  player.loadSource(address);
  player.attachMedia(video);
}

/** When the next stream opens, the page is asked for again, unless something plays. */
function waitFor(instant) {
  const wait = new Date(instant) - Date.now();
  // A clock that is off by minutes must not reload for ever; browsers count at most 24 days.
  if (Number.isNaN(wait) || wait < 1000 || wait > 24 * 86400e3) return;
  // A little late and not all at once: six hundred browsers wait for the same moment.
  setTimeout(() => { if (!document.querySelector("#player")) location.reload(); }, wait + 500 + Math.random() * 4000);
}

const video = document.querySelector("video[data-hls]");
if (video) play(video);
const opens = document.querySelector("[data-opens]");
if (opens) waitFor(opens.dataset.opens);
