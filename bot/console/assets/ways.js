/* Notifications of this browser: asked for when somebody presses the button, and sent to the house as a form. */
"use strict";
(() => {
  const form = document.getElementById("browser");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  form.hidden = false;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const worker = await navigator.serviceWorker.register("/console/push.js", { scope: "/console/" });
      await navigator.serviceWorker.ready;
      const key = bytes(form.dataset.keyOfHouse);
      const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      form.elements.subscription.value = JSON.stringify(found);
      form.elements.label.value = navigator.userAgentData ? navigator.userAgentData.platform : new URL(found.endpoint).hostname;
      form.submit();
    } catch {
      form.querySelector("[role=alert]").hidden = false;
    }
  });
})();
