// Browsers come from CHROME_PATH, the system or scripts/chrome.mjs; an npm install must work where no browser can be downloaded.
module.exports = { skipDownload: true };
