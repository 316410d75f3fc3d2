/** How mail written in HTML is shown, and what makes it safe. */
export { default as MessageBody } from "$components/message/MessageBody.svelte";
