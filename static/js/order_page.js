/** An order's page: its recipient can be shown in full for a reason. */

import { offer } from "./recipient.js";

for (const host of document.querySelectorAll("[data-unmask]")) offer(host, host.dataset.shop, host.dataset.unmask);
