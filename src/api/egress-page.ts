/**
 * The page a host reads before it allows us. It is whole without a script; the one it links only shows the copy
 * buttons and makes them work. Its two files are built with the web app (web/src/egress), so both look alike.
 */
import { html } from 'hono/html'
import type { EgressFacts } from '../outbound/identity.ts'
import { snippets } from '../outbound/snippets.ts'
import { type Locale, translator } from '../words/index.ts'

type Say = (key: string, params?: Record<string, string | number>) => string
type Part = ReturnType<typeof html>

export function egressPage(facts: EgressFacts, locale: Locale): Part {
  const t = translator(locale)
  const say: Say = (key, params) => t(`egress.${key}`, params)
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${say('title')} – Passerelle</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/egress.css" />
        <script type="module" src="/egress.js"></script>
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/">${mark} Passerelle</a>
        </header>
        <main>
          <h1>${say('title')}</h1>
          <p class="lead">${say('lead')}</p>
          ${addresses(facts, say)} ${userAgents(facts, say)} ${methods(facts, say)} ${pasteable(facts, say)}
          <h2>${say('machine')}</h2>
          <p><a href="/egress.json">/egress.json</a> · <a href="/egress.txt">/egress.txt</a></p>
          <p class="unseen" role="status"></p>
        </main>
      </body>
    </html> `
}

/** The sign of the web app: two banks and a way. */
const mark = html`<svg class="mark" viewBox="0 0 28 16" width="28" height="16" aria-hidden="true" focusable="false">
  <path d="M3 12H25" fill="none" />
  <path d="M3 12C8 1 20 1 25 12" fill="none" />
  <circle cx="3.5" cy="12" r="3" />
  <circle cx="24.5" cy="12" r="3" />
</svg>`

/** Copies every `<code>` of the element. */
const copyButton = (say: Say, id: string, join?: string): Part =>
  html`<button class="button" type="button" data-copy="${id}" data-copied="${say('copied')}" ${joinedBy(join)} hidden>
    ${say('copy')}
  </button>`
const joinedBy = (join: string | undefined): Part | string => (join === undefined ? '' : html`data-join="${join}"`)

const heading = (say: Say, text: string, id: string, join?: string): Part =>
  html`<div class="given">
    <h2>${text}</h2>
    ${copyButton(say, id, join)}
  </div>`

const addresses = ({ cidrs }: EgressFacts, say: Say): Part =>
  cidrs.length > 0
    ? html`${heading(say, say('addresses'), 'addresses')}
        <p>${say('addressesLead', { count: cidrs.length })}</p>
        <ul id="addresses" class="values">
          ${cidrs.map((cidr) => html`<li><code>${cidr}</code></li>`)}
        </ul>`
    : html`<h2>${say('addresses')}</h2>
        <p class="note">${say('addressesUnknown')}</p>
        <p class="quiet">${say('addressesOperator')}</p>`

const userAgents = (facts: EgressFacts, say: Say): Part =>
  html`<h2>${say('userAgents')}</h2>
    <p>${say('userAgentsLead')}</p>
    <dl class="agents">
      ${facts.userAgents.map(
        ({ platform, userAgent }, index) =>
          html`<div>
            <dt>${platform ? say('forPlatform', { platform }) : say('whileFindingOut')}</dt>
            <dd class="given">
              <span id="agent-${index}"><code>${userAgent}</code></span> ${copyButton(say, `agent-${index}`)}
            </dd>
          </div>`,
      )}
    </dl>`

const methods = (facts: EgressFacts, say: Say): Part =>
  html`${heading(say, say('methods'), 'methods', ' ')}
    <p>${say('methodsLead')}</p>
    <table id="methods" class="methods">
      <tbody>
        ${facts.methods.map(
          ({ method, purpose }) =>
            html` <tr>
              <th scope="row"><code>${method}</code></th>
              <td>${say(`method.${purpose}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`

const pasteable = (facts: EgressFacts, say: Say): Part =>
  html`<h2>${say('snippets')}</h2>
    <p>${say('snippetsLead')}</p>
    ${facts.cidrs.length > 0 ? '' : html`<p class="note">${say('snippetsWithoutAddresses')}</p>`}
    ${snippets(facts).map(
      ({ id, text }) =>
        html`<section class="snippet">
          <div class="given">
            <h3>${say(`snippet.${id}.title`)}</h3>
            ${copyButton(say, `snippet-${id}`)}
          </div>
          <p class="quiet">${say(`snippet.${id}.where`)}</p>
          <pre id="snippet-${id}" tabindex="0"><code>${text}</code></pre>
        </section>`,
    )}`
