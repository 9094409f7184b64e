/** All shells ask the program itself: it knows the verbs, and asks the machine for ids. */
const scripts = {
  bash: `# talosctl completion for bash
_talosctl() {
  local word="\${COMP_WORDS[COMP_CWORD]}" IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "$word"))
  compopt +o nospace 2>/dev/null
}
complete -o default -F _talosctl talosctl
`,
  zsh: `#compdef talosctl
_talosctl() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  (( \${#candidates} )) && [[ -n \${candidates[1]} ]] && compadd -a candidates || _files
}
if [ "$funcstack[1]" = "_talosctl" ]; then _talosctl "$@"; else compdef _talosctl talosctl; fi
`,
  fish: `# talosctl completion for fish
function __talosctl_complete
  set -l words (commandline -opc)
  $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c talosctl -a '(__talosctl_complete)'
`,
} as const;

export const shells: readonly string[] = Object.keys(scripts);

export const completionScript = (shell: string): string | undefined =>
  Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined;
