extension StatsPage {
    static let style = """
        :root {
          --paper: #fbfaf8; --card: #ffffff; --ink: #23272e; --soft: #6d7480; --rule: #e6e3dd;
          --warm: #d9822b; --cold: #9db4cc; --good: #2f855a; --bad: #c0453b; --line: #d9822b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #16181c; --card: #1e2127; --ink: #e6e7ea; --soft: #969daa; --rule: #2d313a;
            --warm: #e39a4b; --cold: #4f6a87; --good: #68b98d; --bad: #e2786f; --line: #e39a4b;
          }
        }
        * { box-sizing: border-box; margin: 0; }
        body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 60px; display: grid; gap: 28px; }
        h1 { font-size: 24px; font-weight: 600; letter-spacing: -0.01em; }
        header p, .note, figcaption, footer, thead th { color: var(--soft); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
        .cards > div, figure, .table {
          background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px 18px;
        }
        dt { color: var(--soft); font-size: 13px; }
        dd { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; }
        dd.note { font-size: 13px; font-weight: 400; letter-spacing: 0; }
        .good { color: var(--good); } .bad { color: var(--bad); }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 12px; }
        figcaption { font-size: 13px; margin-bottom: 10px; display: flex; gap: 14px; flex-wrap: wrap; }
        .key::before {
          content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px;
          background: currentColor;
        }
        .key.warm::before { color: var(--warm); } .key.cold::before { color: var(--cold); }
        .key.saved::before { color: var(--good); } .key.spent::before { color: var(--bad); }
        svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
        svg text { fill: var(--soft); } svg .grid { stroke: var(--rule); } svg .name { fill: var(--ink); }
        svg .warm { fill: var(--warm); } svg .cold { fill: var(--cold); }
        svg .saved { fill: var(--good); } svg .spent { fill: var(--bad); } svg .bar { fill: var(--cold); }
        svg .line { fill: none; stroke: var(--line); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        svg .area { fill: var(--line); opacity: 0.12; } svg .dot { fill: var(--line); }
        .table { overflow-x: auto; padding: 6px 18px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: 9px 8px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
        th:first-child { text-align: left; padding-left: 0; } tbody th { font-weight: 500; }
        thead th { font-size: 13px; font-weight: 400; } tbody tr:last-child > * { border-bottom: 0; }
        .meter {
          display: inline-block; width: 64px; height: 6px; border-radius: 3px; background: var(--rule); margin-right: 8px;
          vertical-align: middle; overflow: hidden;
        }
        .meter i { display: block; height: 100%; background: var(--warm); }
        footer { font-size: 13px; max-width: 70ch; }
        """
}
