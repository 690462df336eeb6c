// Scripts for shells that complete `kubectl-perf`, and `kubectl perf` by standing before the completion of kubectl itself.
// They ask `kubectl-perf __complete`, whose answer protocol.ts describes.

const BASH = `# bash completion for kubectl perf. To load it in each new shell, put this into ~/.bashrc, behind that of kubectl:
#   source <(kubectl perf completion bash)

# Arguments: how many words stand before those of the plugin.
__kubectl_perf() {
    local cur words cword
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n "=:" cur words cword
    else
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
        cur=\${words[cword]}
    fi
    local answer directive value
    answer=$(kubectl-perf __complete "\${words[@]:$1:$((cword - $1 + 1))}" 2>/dev/null) || return
    directive=\${answer##*:}
    [[ $cur == -*=* ]] && cur=\${cur#*=}
    COMPREPLY=()
    while IFS=$'\\t' read -r value _; do
        [[ $value == "$cur"* ]] && COMPREPLY+=("$value")
    done < <(printf '%s\\n' "$answer" | sed '$d')
    if ((directive & 16)); then
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$cur")
        compopt -o filenames 2>/dev/null
    elif ((!(directive & 4))); then
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
    fi
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    ((directive & 32)) && compopt -o nosort 2>/dev/null
    if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
        local head=\${cur%"\${cur##*:}"}
        COMPREPLY=("\${COMPREPLY[@]#"$head"}")
    fi
}

__kubectl_perf_alone() { __kubectl_perf 1; }

__kubectl_perf_below_kubectl() {
    if [[ \${COMP_WORDS[1]} == perf ]] && ((COMP_CWORD > 1)); then
        __kubectl_perf 2
    elif [[ -n $__kubectl_perf_kubectl ]]; then
        "$__kubectl_perf_kubectl" "$@"
    fi
}

complete -F __kubectl_perf_alone kubectl-perf
declare -F __load_completion >/dev/null && __load_completion kubectl 2>/dev/null
if [[ $(complete -p kubectl 2>/dev/null) != *__kubectl_perf_below_kubectl* ]]; then
    __kubectl_perf_kubectl=$(complete -p kubectl 2>/dev/null | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
    complete -o default -F __kubectl_perf_below_kubectl kubectl
fi
`

const ZSH = `#compdef kubectl-perf
# zsh completion for kubectl perf. To load it in each new shell, put this into ~/.zshrc, behind that of kubectl:
#   source <(kubectl perf completion zsh)

# Arguments: how many words stand before those of the plugin.
__kubectl_perf() {
    local answer line value directive
    local -a lines candidates
    answer=$(kubectl-perf __complete "\${(@Q)words[$1 + 1,CURRENT]}" 2>/dev/null) || return 1
    lines=("\${(@f)answer}")
    directive=\${lines[-1]#:}
    lines[-1]=()
    [[ \${words[CURRENT]} == -*=* ]] && compset -P 1 '*='
    for line in "\${lines[@]}"; do
        value=\${line%%$'\\t'*}
        if [[ $line == *$'\\t'* ]]; then
            candidates+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
        else
            candidates+=("\${value//:/\\\\:}")
        fi
    done
    local -a behind
    ((directive & 2)) && behind=(-S '')
    local found=1
    ((\${#candidates})) && _describe -V 'kubectl perf' candidates "\${behind[@]}" && found=0
    if ((directive & 16)); then
        _files -/ && found=0
    elif ((!(directive & 4))); then
        _files && found=0
    fi
    return found
}

_kubectl_perf_alone() { __kubectl_perf 1 }

_kubectl_perf_below_kubectl() {
    if [[ \${words[2]} == perf ]] && ((CURRENT > 2)); then
        __kubectl_perf 2
    elif (($+functions[_kubectl])); then
        _kubectl "$@"
    else
        _default
    fi
}

if [[ $funcstack[1] == _kubectl-perf ]]; then
    _kubectl_perf_alone
elif (($+functions[compdef])); then
    compdef _kubectl_perf_alone kubectl-perf
    compdef _kubectl_perf_below_kubectl kubectl
fi
`

const FISH = `# fish completion for kubectl perf. To load it in each new shell:
#   kubectl perf completion fish > ~/.config/fish/completions/kubectl-perf.fish
#   echo 'source ~/.config/fish/completions/kubectl-perf.fish' >> ~/.config/fish/config.fish

function __kubectl_perf_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc)
    if test "$words[1]" = kubectl
        set -e words[1]
    end
    set -e words[1]
    set -l answer (kubectl-perf __complete $words "$current" 2>/dev/null)
    or return
    test (count $answer) -gt 0
    or return
    set -l directive (string sub -s 2 -- $answer[-1])
    set -e answer[-1]
    set -l flag (string match -r -- '^-[^=]*=' $current)
    for line in $answer
        printf '%s\\n' "$flag$line"
    end
    if test (math "floor($directive / 16) % 2") -eq 1
        __fish_complete_directories $current
    else if test (math "floor($directive / 4) % 2") -eq 0
        __fish_complete_path $current
    end
end

function __kubectl_perf_follows
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = perf
end

complete -k -f -c kubectl-perf -a '(__kubectl_perf_complete)'
complete -k -f -c kubectl -n __kubectl_perf_follows -a '(__kubectl_perf_complete)'
`

const POWERSHELL = `# PowerShell completion for kubectl perf. To load it in each new shell, put this into $PROFILE, behind that of kubectl:
#   kubectl perf completion powershell | Out-String | Invoke-Expression

$__kubectlPerfCompleter = {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = @($CommandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $CursorPosition } | ForEach-Object { "$_" })
    $isKubectl = [System.IO.Path]::GetFileNameWithoutExtension($words[0]) -eq 'kubectl'
    if ($isKubectl -and ($words.Count -lt 2 -or $words[1] -ne 'perf' -or ($words.Count -eq 2 -and $WordToComplete))) {
        if ($__kubectlCompleterBlock) { & $__kubectlCompleterBlock $WordToComplete $CommandAst $CursorPosition }
        return
    }
    $words = @($words | Select-Object -Skip $(if ($isKubectl) { 2 } else { 1 }))
    if (-not $WordToComplete) {
        # Before PowerShell 7.3 an empty argument is lost unless it is quoted.
        $words += $(if ($PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy') { '""' } else { '' })
    }
    $answer = @(kubectl-perf __complete @words 2>$null)
    if ($LASTEXITCODE -ne 0 -or $answer.Count -eq 0) { return }
    $directive = [int]$answer[-1].TrimStart(':')
    $flag = if ($WordToComplete -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    $space = if ($directive -band 2) { '' } else { ' ' }
    foreach ($line in ($answer | Select-Object -SkipLast 1)) {
        $value, $description = $line -split "\`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new("$flag$value$space", $value, 'ParameterValue', $description)
    }
}

Register-ArgumentCompleter -Native -CommandName 'kubectl-perf', 'kubectl' -ScriptBlock $__kubectlPerfCompleter
`

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell'

/** The script by shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
}
