/** The page a host reads before it allows us: no script, no picture, plain text to copy. */
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
        <title>${say('title')}</title>
        <link rel="icon" href="/favicon.svg" />
        <link rel="stylesheet" href="/egress.css" />
      </head>
      <body>
        <main>
          <h1>${say('title')}</h1>
          <p>${say('lead')}</p>
          ${addresses(facts, say)} ${userAgents(facts, say)} ${methods(facts, say)} ${pasteable(facts, say)}
          <p>${say('machine')} <a href="/egress.json">/egress.json</a> · <a href="/egress.txt">/egress.txt</a></p>
        </main>
      </body>
    </html> `
}

const addresses = ({ cidrs }: EgressFacts, say: Say): Part =>
  html`<h2>${say('addresses')}</h2>
    ${
      cidrs.length > 0
        ? html`<p>${say('addressesLead', { count: cidrs.length })}</p>
            <ul>
              ${cidrs.map((cidr) => html`<li><code>${cidr}</code></li>`)}
            </ul>`
        : html`<p class="unknown">${say('addressesUnknown')}</p>
            <p class="quiet">${say('addressesOperator')}</p>`
    }`

const userAgents = (facts: EgressFacts, say: Say): Part =>
  html`<h2>${say('userAgents')}</h2>
    <p>${say('userAgentsLead')}</p>
    <dl>
      ${facts.userAgents.map(
        ({ platform, userAgent }) =>
          html` <dt>${platform ? say('forPlatform', { platform }) : say('whileFindingOut')}</dt>
            <dd><code>${userAgent}</code></dd>`,
      )}
    </dl>`

const methods = (facts: EgressFacts, say: Say): Part =>
  html`<h2>${say('methods')}</h2>
    <p>${say('methodsLead')}</p>
    <table>
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
    ${facts.cidrs.length > 0 ? '' : html`<p>${say('snippetsWithoutAddresses')}</p>`}
    ${snippets(facts).map(
      ({ id, text }) =>
        html` <h3>${say(`snippet.${id}.title`)}</h3>
          <p class="quiet">${say(`snippet.${id}.where`)}</p>
          <pre tabindex="0"><code>${text}</code></pre>`,
    )}`

export const EGRESS_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fbfaf7, #16181a); color: light-dark(#1c1d1f, #ecebe7); }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p { margin: 0 0 0.75rem; max-width: 65ch; }
.quiet { color: light-dark(#5a5c60, #a9abb0); }
pre { overflow-x: auto; padding: 0.75rem 1rem; border: 1px solid light-dark(#d9d6ce, #3a3d40); border-radius: 6px; }
pre code { overflow-wrap: normal; }
ul { padding-left: 1.2rem; }
code { font: 0.95em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
dt { margin-top: 0.6rem; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid light-dark(#d9d6ce, #3a3d40); }
a { color: light-dark(#0b5a8a, #7cc4f0); }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
`
