/**
 * What a host pastes to let the hub in: texts for the servers and firewalls in common use.
 *
 * A User-Agent alone is no proof, anybody can write it. Where our addresses are known, both must fit; where they are
 * not, nothing that switches a protection off is offered, only what names our User-Agents and methods.
 */
import type { EgressFacts } from './identity.ts'

export type SnippetId = 'nginx' | 'apache' | 'cloudflare' | 'modsecurity'

export interface Snippet {
  /** Also the key of its title and explanation in the words of the egress page. */
  id: SnippetId
  language: 'nginx' | 'apache' | 'text'
  text: string
}

export const snippets = (facts: EgressFacts): Snippet[] => [
  { id: 'nginx', language: 'nginx', text: nginx(facts) },
  { id: 'apache', language: 'apache', text: apache(facts) },
  { id: 'cloudflare', language: 'text', text: cloudflare(facts) },
  { id: 'modsecurity', language: 'apache', text: modsecurity(facts) },
]

const agents = (facts: EgressFacts) => facts.userAgents.map(({ userAgent }) => userAgent)
const methods = (facts: EgressFacts) => facts.methods.map(({ method }) => method)
const lines = (...parts: (string | string[])[]) => `${parts.flat().join('\n')}\n`
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
const pattern = (texts: string[]) =>
  `^(?:${texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})$`

/** An empty key is not counted by limit_req: https://nginx.org/en/docs/http/ngx_http_limit_req_module.html */
function nginx(facts: EgressFacts): string {
  const agentMap = [
    'map $http_user_agent $hub_agent {',
    '  default 0;',
    ...agents(facts).map((agent) => `  ${quoted(agent)} 1;`),
    '}',
  ]
  if (facts.cidrs.length === 0) return lines('# http { … }', agentMap)
  return lines(
    '# http { … }',
    ['geo $hub_address {', '  default 0;', ...facts.cidrs.map((cidr) => `  ${cidr} 1;`), '}'],
    agentMap,
    ['map "$hub_address$hub_agent" $visitor_limit_key {', '  default $binary_remote_addr;', '  "11" "";', '}'],
    '# limit_req_zone $visitor_limit_key zone=visitors:10m rate=10r/s;',
    '',
    '# location { … }',
    ['satisfy any;', ...facts.cidrs.map((cidr) => `allow ${cidr};`), 'deny all;'],
  )
}

/** https://httpd.apache.org/docs/2.4/mod/mod_authz_core.html */
function apache(facts: EgressFacts): string {
  const mark = `SetEnvIf User-Agent ${quotedPattern(agents(facts))} hub_agent`
  if (facts.cidrs.length === 0) return lines(mark)
  return lines(
    mark,
    '<RequireAny>',
    ['  <RequireAll>', '    Require env hub_agent', `    Require ip ${facts.cidrs.join(' ')}`, '  </RequireAll>'],
    '  Require valid-user',
    '</RequireAny>',
  )
}

const quotedPattern = (texts: string[]) => `"${pattern(texts).replaceAll('"', '\\"')}"`

/** https://developers.cloudflare.com/ruleset-engine/rules-language/ */
function cloudflare(facts: EgressFacts): string {
  const agent = `http.user_agent in {${agents(facts).map(quoted).join(' ')}}`
  const method = `http.request.method in {${methods(facts).map(quoted).join(' ')}}`
  const address = facts.cidrs.length > 0 ? `ip.src in {${facts.cidrs.join(' ')}} and ` : ''
  return lines(`(${address}${agent} and ${method})`)
}

/** Rule 900200 is where the OWASP Core Rule Set takes its methods from (crs-setup.conf). */
function modsecurity(facts: EgressFacts): string {
  const allowed = `SecAction "id:900200,phase:1,nolog,pass,t:none,setvar:'tx.allowed_methods=HEAD ${methods(facts).join(' ')}'"`
  if (facts.cidrs.length === 0) return lines(allowed)
  return lines(
    allowed,
    `SecRule REMOTE_ADDR "@ipMatch ${facts.cidrs.join(',')}" \\`,
    '  "id:1008080,phase:1,pass,nolog,chain"',
    `  SecRule REQUEST_HEADERS:User-Agent "@rx ${pattern(agents(facts)).replaceAll('"', '\\"')}" \\`,
    '    "t:none,ctl:ruleEngine=DetectionOnly"',
  )
}
