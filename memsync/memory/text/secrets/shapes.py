"""The table of secrets that are known by their own shape. Data only.

A row is a name, a literal that stands in each such secret, and a pattern (ASCII). Where the pattern
begins with the literal it is tried at each place of it; `anywhere` rows are searched for in the
whole text. A group `secret` is the part that is taken out; without one it is all.

No pattern has a quantifier inside a quantifier, and none has an unbounded one before something that
must follow, unless what stands before it keeps a run from being begun twice: any text takes time in
proportion to its length (tests/memory/text/test_secrets_time.py).

The comments name where a format is published: the vendor's documentation, or its own announcement
of a prefix. Lengths are the least that was seen, so that a longer token of tomorrow is caught too.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Shape(NamedTuple):
    """One kind of secret."""

    name: str
    literal: str
    pattern: str
    anywhere: bool = False


SHAPES: Final = (
    # -- Claude and other models -------------------------------------------------------------------
    # Anthropic: Admin API; Claude Code `setup-token`; API keys
    Shape("anthropic admin key", "sk-ant-admin", r"sk-ant-admin\d\d-[\w-]{20,}"),
    Shape("anthropic oauth token", "sk-ant-o", r"sk-ant-o[ra]t\d\d-[\w-]{20,}"),
    Shape("anthropic key", "sk-ant-", r"sk-ant-[\w-]{20,}"),
    # OpenAI: project, service account and admin keys; the first format had no project
    Shape("openai project key", "sk-proj-", r"sk-proj-[\w-]{20,}"),
    Shape("openai service key", "sk-svcacct-", r"sk-svcacct-[\w-]{20,}"),
    Shape("openai admin key", "sk-admin-", r"sk-admin-[\w-]{20,}"),
    Shape("api key", "sk-", r"sk-[A-Za-z0-9]{32,}"),  # OpenAI before 2024, DeepSeek, Moonshot
    Shape("openrouter key", "sk-or-", r"sk-or-v\d-[0-9a-f]{32,}"),  # OpenRouter: API keys
    Shape(
        "langfuse key", "sk-lf-", r"sk-lf-[0-9a-f-]{20,}"
    ),  # Langfuse: API keys (pk-lf is public)
    Shape("hugging face token", "hf_", r"hf_[A-Za-z0-9]{30,}"),  # Hugging Face: user access tokens
    Shape("groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),  # Groq console
    Shape("xai key", "xai-", r"xai-[A-Za-z0-9]{60,}"),  # xAI console
    Shape("perplexity key", "pplx-", r"pplx-[A-Za-z0-9]{40,}"),  # Perplexity: API settings
    Shape("replicate token", "r8_", r"r8_[A-Za-z0-9]{36,}"),  # Replicate: API tokens
    Shape("nvidia key", "nvapi-", r"nvapi-[\w-]{50,}"),  # NVIDIA NGC
    Shape("cerebras key", "csk-", r"csk-[a-z0-9]{40,}"),  # Cerebras cloud
    Shape("together key", "tgp_v", r"tgp_v\d_[\w-]{40,}"),  # Together AI
    Shape("elevenlabs key", "sk_", r"sk_[0-9a-f]{48}(?![0-9a-f])"),  # ElevenLabs
    Shape("langsmith key", "lsv2_", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{8,}"),  # LangSmith
    Shape("pinecone key", "pcsk_", r"pcsk_[A-Za-z0-9]{5,10}_[A-Za-z0-9]{40,}"),  # Pinecone
    Shape("tavily key", "tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{30,}"),  # Tavily
    Shape("firecrawl key", "fc-", r"fc-[0-9a-f]{32}(?![0-9a-f])"),  # Firecrawl
    Shape("e2b key", "e2b_", r"e2b_[0-9a-f]{40}(?![0-9a-f])"),  # E2B
    Shape("jina key", "jina_", r"jina_[0-9a-f]{32}[\w-]{20,}"),  # Jina AI
    # -- where code lies ---------------------------------------------------------------------------
    # GitHub: "Behind GitHub's new authentication token formats"; fine-grained tokens
    Shape("github token", "gh", r"gh[pousr]_[A-Za-z0-9]{30,}"),
    Shape("github fine-grained token", "github_pat_", r"github_pat_\w{36,}"),
    # GitLab: "Token prefixes" in the token overview
    Shape(
        "gitlab token",
        "gl",
        r"gl(?:pat|oas|dt|rtr|rt|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[\w.-]{20,}",
    ),
    Shape("gitlab runner token", "GR1348941", r"GR1348941[\w-]{20,}"),  # GitLab before 15.6
    Shape("bitbucket password", "ATBB", r"ATBB[A-Za-z0-9]{24,}"),  # Bitbucket: app passwords
    Shape("atlassian token", "AT", r"AT(?:AT|CT|ST)T3[\w=-]{40,}"),  # Atlassian: API tokens
    Shape("sourcegraph token", "sgp_", r"sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}"),  # Sourcegraph
    # npm: "Announcing npm's new access token format"; PyPI: macaroons; RubyGems: API keys
    Shape("npm token", "npm_", r"npm_[A-Za-z0-9]{36,}"),
    Shape("pypi token", "pypi-", r"pypi-[\w-]{50,}"),
    Shape("rubygems key", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    Shape("crates.io token", "cio", r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])"),  # crates.io
    Shape("nuget key", "oy2", r"oy2[a-z0-9]{43}(?![a-z0-9])"),  # nuget.org
    Shape("clojars token", "CLOJARS_", r"CLOJARS_[0-9a-z]{60}"),  # Clojars: deploy tokens
    Shape("docker token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{27,}"),  # Docker Hub: access tokens
    Shape("artifactory key", "AKCp", r"AKCp[A-Za-z0-9]{60,}"),  # JFrog Artifactory
    Shape("artifactory token", "cmVmd", r"cmVmd[A-Za-z0-9+/=]{55,}"),  # base64 of `reftkn:`
    Shape("sonar token", "sq", r"sq[apu]_[0-9a-f]{40}(?![0-9a-f])"),  # SonarQube: user tokens
    Shape("circleci token", "CCIP", r"CCIP(?:AT|RJ)_[A-Za-z0-9]{20,}_[0-9a-f]{40}"),  # CircleCI
    Shape("buildkite token", "bk", r"bk(?:ua|aj|ct)_[0-9a-f]{40}"),  # Buildkite: API tokens
    Shape("postman key", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),  # Postman API
    Shape("launchdarkly key", "api-", r"(?:api|sdk)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    Shape("launchdarkly sdk key", "sdk-", r"sdk-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    # -- clouds ------------------------------------------------------------------------------------
    # AWS: IAM "Unique identifiers"; session tokens begin with the base64 of their header
    Shape("aws key", "A", r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Shape("aws session token", "IQoJb3JpZ2lu", r"IQoJb3JpZ2lu[A-Za-z0-9+/=]{80,}"),
    Shape("aws session token", "FwoGZXIvYXdz", r"FwoGZXIvYXdz[A-Za-z0-9+/=]{80,}"),
    Shape("bedrock key", "ABSK", r"ABSK[A-Za-z0-9+/=]{100,}"),  # Amazon Bedrock: API keys
    # Google Cloud: API keys; OAuth 2.0 access and refresh tokens, client secrets
    Shape("google key", "AIza", r"AIza[\w-]{35}"),
    Shape("google access token", "ya29.", r"ya29\.[\w-]{20,}"),
    Shape("google client secret", "GOCSPX-", r"GOCSPX-[\w-]{20,}"),
    Shape("google refresh token", "1//", r"1//0[\w-]{40,}"),
    # Azure: storage connection strings, shared access signatures, Entra client secrets, DevOps
    Shape("azure storage key", "AccountKey=", r"AccountKey=(?P<secret>[A-Za-z0-9+/]{60,}={0,2})"),
    Shape("azure access signature", "sig=", r"sig=(?P<secret>[A-Za-z0-9%+/]{30,200}={0,2})"),
    Shape(
        "azure client secret",
        "Q~",
        r"(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w~-])",
        anywhere=True,
    ),
    Shape(
        "azure devops token",
        "AZDO",
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])",
        anywhere=True,
    ),
    Shape("alibaba key id", "LTAI", r"LTAI[A-Za-z0-9]{17,21}(?![A-Za-z0-9])"),  # Alibaba Cloud RAM
    Shape("tencent key id", "AKID", r"AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])"),  # Tencent Cloud CAM
    Shape("yandex key", "AQVN", r"AQVN[\w-]{35,}"),  # Yandex Cloud: API keys
    Shape("digitalocean token", "do", r"do[opr]_v\d_[0-9a-f]{64}"),  # DigitalOcean: token formats
    Shape("heroku key", "HRKU-", r"HRKU-[\w-]{30,}"),  # Heroku: token prefix
    Shape("fly.io token", "fm", r"fm\d[ar]?_[\w+/=-]{80,}"),  # Fly.io: macaroon tokens
    Shape("fly.io token", "fo1_", r"fo1_[\w-]{40,}"),
    Shape("render key", "rnd_", r"rnd_[A-Za-z0-9]{28,}"),  # Render API
    Shape("netlify token", "nf", r"nf[pcoub]_[A-Za-z0-9]{36,}"),  # Netlify: token prefixes
    Shape("vercel token", "vc", r"vc[pikar]_[A-Za-z0-9]{24,}"),  # Vercel: token prefixes
    Shape("supabase key", "sb", r"sb(?:p_(?:v0_)?[0-9a-f]{40}|_secret_[\w-]{20,})"),  # Supabase
    Shape("planetscale token", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"),  # PlanetScale
    Shape("neon key", "napi_", r"napi_[a-z0-9]{60,}"),  # Neon API keys
    Shape("cloudflare origin key", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),  # Origin CA
    Shape("databricks token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?(?![0-9a-f])"),  # Databricks: PAT
    Shape("tailscale key", "tskey-", r"tskey-[a-z]+-[A-Za-z0-9-]{16,}"),  # Tailscale: key prefixes
    # HashiCorp: Vault token prefixes; HCP Terraform tokens
    Shape("vault token", "hv", r"hv[bsr]\.[\w-]{24,}"),
    Shape(
        "terraform token",
        ".atlasv1.",
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}",
        anywhere=True,
    ),
    Shape("pulumi token", "pul-", r"pul-[0-9a-f]{40}(?![0-9a-f])"),  # Pulumi Cloud
    Shape("doppler token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]+\.)?[A-Za-z0-9]{40,}"),
    Shape("1password token", "ops_eyJ", r"ops_eyJ[\w=-]{100,}"),  # 1Password: service accounts
    Shape("prefect key", "pn", r"pn[ub]_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),  # Prefect Cloud
    # -- services ----------------------------------------------------------------------------------
    # Slack: token types; incoming webhooks. Discord: webhooks; bot tokens. Telegram: BotFather
    Shape("slack token", "xox", r"xox[abeoprs](?:\.xox[bp])?-[\w-]{10,}"),
    Shape("slack app token", "xapp-", r"xapp-\d-[\w-]{10,}"),
    Shape(
        "slack webhook",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/-]{20,})",
    ),
    Shape("discord webhook", "/api/webhooks/", r"/api/webhooks/\d{8,}/(?P<secret>[\w-]{40,})"),
    Shape(
        "discord bot token",
        ".",
        r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}",
        anywhere=True,
    ),
    Shape(
        "telegram bot token",
        ":AA",
        r"(?<![A-Za-z0-9])\d{8,10}:AA[\w-]{32,}",
        anywhere=True,
    ),
    Shape(
        "teams webhook", "webhook.office.com/", r"webhook\.office\.com/[\w/@.-]{60,400}"
    ),  # Teams
    Shape("sendgrid key", "SG.", r"SG\.[\w-]{16,32}\.[\w-]{32,}"),  # Twilio SendGrid
    Shape("mailgun key", "key-", r"key-[0-9a-f]{32}(?![0-9a-f])"),  # Mailgun
    Shape(
        "mailchimp key",
        "-us",
        r"(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}(?!\w)",  # Mailchimp: the data center is its suffix
        anywhere=True,
    ),
    Shape("brevo key", "xkeysib-", r"xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),  # Brevo
    Shape("resend key", "re_", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),  # Resend
    # Stripe: API keys and webhook secrets; others took the same form (Clerk, Paystack)
    Shape("stripe key", "k_", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}", anywhere=True),
    Shape("webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{20,}"),
    Shape("square token", "sq0", r"sq0[a-z]{3}-[\w-]{22,}"),  # Square: access tokens
    Shape("square access token", "EAAA", r"EAAA[\w-]{60}(?![\w-])"),
    Shape(
        "paypal token",
        "access_token$",
        r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}",  # Braintree
    ),
    Shape("plaid token", "access-", r"access-(?:production|development|sandbox)-[0-9a-f-]{36}"),
    Shape("razorpay key", "rzp_", r"rzp_(?:live|test)_[A-Za-z0-9]{14,}"),  # Razorpay
    Shape("flutterwave key", "FLWSECK", r"FLWSECK(?:_TEST)?-[0-9a-zA-Z]{12,}-X"),  # Flutterwave
    Shape("shippo token", "shippo_", r"shippo_(?:live|test)_[0-9a-f]{40}"),  # Shippo
    Shape("easypost key", "EZ", r"EZ[AT]K[A-Za-z0-9]{54}"),  # EasyPost
    Shape("duffel token", "duffel_", r"duffel_(?:live|test)_[\w=-]{43}"),  # Duffel
    Shape("shopify token", "shp", r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}"),  # Shopify
    Shape("figma token", "fig", r"fig[dur]_[\w-]{36,}"),  # Figma
    # Notion: "Changes to token format"; Linear, Airtable, HubSpot, Typeform, ClickUp, Trello
    Shape("notion token", "ntn_", r"ntn_[A-Za-z0-9]{40,}"),
    Shape("notion secret", "secret_", r"secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
    Shape("linear key", "lin_", r"lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,}"),
    Shape("airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    Shape("hubspot token", "pat-", r"pat-[a-z]{2}\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    Shape("typeform token", "tfp_", r"tfp_[\w.=-]{40,}"),
    Shape("clickup key", "pk_", r"pk_\d{5,10}_[A-Z0-9]{32}"),
    Shape("trello token", "ATTA", r"ATTA[0-9a-f]{64}"),
    Shape("contentful token", "CFPAT-", r"CFPAT-[\w-]{40,}"),  # Contentful
    Shape("readme key", "rdme_", r"rdme_[a-z0-9]{70}"),  # ReadMe
    # Grafana: service accounts, cloud access policies; Datadog, New Relic, Dynatrace, Honeycomb
    Shape("grafana token", "gl", r"gl(?:sa_[A-Za-z0-9]{32}_[0-9a-f]{8}|c_eyJ[A-Za-z0-9+/=]{40,})"),
    Shape("new relic key", "NR", r"NR(?:AK-[A-Z0-9]{27}|II-[\w-]{32}|RA-[0-9a-f]{42})"),
    Shape("dynatrace token", "dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    Shape("honeycomb key", "hc", r"hc(?:aik|bik|alk|xik|xlk)_[a-z0-9]{58}"),
    Shape("sentry token", "sntry", r"sntry[su]_[A-Za-z0-9+/=_-]{40,}"),  # Sentry: auth tokens
    Shape(
        "sentry dsn",
        ".ingest.",
        r"(?<=://)(?P<secret>[0-9a-f]{32})(?=@[a-z0-9.]{1,40}sentry\.io/)",
        anywhere=True,
    ),
    Shape(
        "posthog key", "phx_", r"phx_[A-Za-z0-9]{40,}"
    ),  # PostHog: personal keys (phc_ is public)
    Shape("mapbox token", "sk.eyJ", r"sk\.eyJ[\w-]{40,}\.[\w-]{20,}"),  # Mapbox (pk. is public)
    Shape("facebook token", "EAA", r"EAA[A-Za-z0-9]{80,}"),  # Meta: access tokens
    Shape("twitter bearer token", "AAAAAAAAAAAAAAAAAAAAA", r"A{21}[A-Za-z0-9%]{60,}"),  # X API
    Shape("dropbox token", "sl.", r"sl\.(?:u\.)?[\w-]{100,}"),  # Dropbox: short-lived tokens
    Shape("adobe secret", "p8e-", r"p8e-[A-Za-z0-9_-]{32}"),  # Adobe Developer Console
    # -- keys and tokens of no single vendor -------------------------------------------------------
    # RFC 7519: three base64url parts, the first two begin with `{"`
    Shape(
        "signed token",
        ".eyJ",
        r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}",
        anywhere=True,
    ),
    Shape("age key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{58,}"),  # age(1)
    Shape("wallet key", "xprv", r"[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,}"),  # BIP 32
    # crypt(3): modular crypt format, `$id$...$hash`
    Shape(
        "password hash",
        "$",
        r"\$(?:apr1|1|5|6|7|y|gy|2[abxy]|scrypt|argon2(?:id|i|d))\$"
        r"(?P<secret>[\w./+=,$-]{20,200})",
    ),
    Shape("kubernetes key", "LS0tLS1CRUdJTi", r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{200,}={0,2}"),
)
